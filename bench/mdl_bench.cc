// One model behind the line protocol of bench/harness/worker.py, through the public C interface
// only: what is measured is what a user's program gets.
//   mdl_bench           commands on stdin, one reply line each: "ok ..." or "error ..."
#include <acl/acl.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kUnknownSize = size_t{1} << 20;

int64_t nanoseconds_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

void check(aclError code, const char* call) {
  if (code == ACL_SUCCESS) return;
  const char* text = aclGetRecentErrMsg();
  throw std::runtime_error(std::string(call) + " returned " + std::to_string(code) + ": " +
                           (text != nullptr ? text : "no message"));
}

// Device buffers in a dataset, one per model input or output.
struct Buffers {
  aclmdlDataset* dataset = aclmdlCreateDataset();
  std::vector<void*> memory;
  std::vector<size_t> sizes;

  void add(size_t size) {
    void* pointer = nullptr;
    check(aclrtMalloc(&pointer, size, ACL_MEM_MALLOC_HUGE_FIRST), "aclrtMalloc");
    check(aclrtMemset(pointer, size, 0, size), "aclrtMemset");
    check(aclmdlAddDatasetBuffer(dataset, aclCreateDataBuffer(pointer, size)),
          "aclmdlAddDatasetBuffer");
    memory.push_back(pointer);
    sizes.push_back(size);
  }
};

class Session {
 public:
  Session() {
    check(aclInit(nullptr), "aclInit");
    check(aclrtSetDevice(0), "aclrtSetDevice");
  }

  // load MODEL: nanoseconds of loading and of making the buffers.
  std::string load(std::istringstream& arguments) {
    std::string path;
    arguments >> path;
    const auto start = Clock::now();
    check(aclmdlLoadFromFile(path.c_str(), &model_), "aclmdlLoadFromFile");
    aclmdlDesc* desc = aclmdlCreateDesc();
    check(aclmdlGetDesc(desc, model_), "aclmdlGetDesc");
    for (size_t i = 0; i < aclmdlGetNumInputs(desc); ++i) {
      inputs_.add(aclmdlGetInputSizeByIndex(desc, i));
    }
    for (size_t i = 0; i < aclmdlGetNumOutputs(desc); ++i) {
      // 0: known only when the model has run.
      const size_t size = aclmdlGetOutputSizeByIndex(desc, i);
      outputs_.add(size != 0 ? size : kUnknownSize);
    }
    check(aclmdlDestroyDesc(desc), "aclmdlDestroyDesc");
    return std::to_string(nanoseconds_since(start));
  }

  // input FILE SHAPE TYPE ...: raw values of each input; shapes and types are the model's own.
  std::string input(std::istringstream& arguments) {
    for (size_t i = 0; i < inputs_.memory.size(); ++i) {
      std::string path, shape, type;
      arguments >> path >> shape >> type;
      std::ifstream file(path, std::ios::binary);
      const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
      if (bytes.size() != inputs_.sizes[i]) {
        throw std::runtime_error(path + " has " + std::to_string(bytes.size()) + " bytes, input " +
                                 std::to_string(i) + " of the model " +
                                 std::to_string(inputs_.sizes[i]));
      }
      check(aclrtMemcpy(inputs_.memory[i], bytes.size(), bytes.data(), bytes.size(),
                        ACL_MEMCPY_HOST_TO_DEVICE),
            "aclrtMemcpy");
    }
    return "";
  }

  // run N: nanoseconds of each execution.
  std::string run(std::istringstream& arguments) {
    int count = 0;
    arguments >> count;
    std::vector<int64_t> times;
    for (int i = 0; i < count; ++i) {
      const auto start = Clock::now();
      check(aclmdlExecute(model_, inputs_.dataset, outputs_.dataset), "aclmdlExecute");
      times.push_back(nanoseconds_since(start));
    }
    std::string reply;
    for (int64_t time : times) reply += std::to_string(time) + ' ';
    return reply;
  }

  // output FILE: raw values of the first output.
  std::string output(std::istringstream& arguments) {
    std::string path;
    arguments >> path;
    if (outputs_.memory.empty()) throw std::runtime_error("no model is loaded");
    std::vector<char> bytes(outputs_.sizes[0]);
    check(aclrtMemcpy(bytes.data(), bytes.size(), outputs_.memory[0], bytes.size(),
                      ACL_MEMCPY_DEVICE_TO_HOST),
          "aclrtMemcpy");
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file) throw std::runtime_error(path + " could not be written");
    return "";
  }

 private:
  uint32_t model_ = 0;
  Buffers inputs_;
  Buffers outputs_;
};

// memory: peak and present resident set in KiB.
std::string memory_of_process() {
  std::ifstream status("/proc/self/status");
  std::map<std::string, std::string> fields;
  std::string line;
  while (std::getline(status, line)) {
    std::istringstream words(line);
    std::string key;
    words >> key >> fields[key];
  }
  return fields["VmHWM:"] + ' ' + fields["VmRSS:"];
}

}  // namespace

int main() try {
  Session session;
  const std::map<std::string, std::function<std::string(std::istringstream&)>> commands = {
      {"load", [&](std::istringstream& rest) { return session.load(rest); }},
      {"input", [&](std::istringstream& rest) { return session.input(rest); }},
      {"run", [&](std::istringstream& rest) { return session.run(rest); }},
      {"output", [&](std::istringstream& rest) { return session.output(rest); }},
      {"memory", [](std::istringstream&) { return memory_of_process(); }},
      {"version", [](std::istringstream&) { return std::string(aclrtGetSocName()); }},
  };
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "quit") break;
    try {
      const auto command = commands.find(name);
      if (command == commands.end()) throw std::runtime_error("no command '" + name + "'");
      const std::string reply = command->second(words);
      std::cout << "ok " << reply << std::endl;
    } catch (const std::exception& error) {
      std::cout << "error " << error.what() << std::endl;
    }
  }
  std::cout.flush();
  std::_Exit(0);  // the operating system takes everything back; teardown is not what is measured
} catch (const std::exception& error) {
  std::cout << "error " << error.what() << std::endl;
  return 1;
}
