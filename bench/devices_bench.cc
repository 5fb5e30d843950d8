// Several callers on one or more devices of one process, each with a loaded model of its own,
// behind the line protocol of bench/harness/worker.py.
//   devices_bench MODEL DEVICES CALLERS_PER_DEVICE
//   stdin "run SECONDS" -> stdout "ok EXECUTIONS_PER_SECOND", of all callers together
#include <acl/acl.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

void check(aclError code, const char* call) {
  if (code == ACL_SUCCESS) return;
  const char* text = aclGetRecentErrMsg();
  throw std::runtime_error(std::string(call) + " returned " + std::to_string(code) + ": " +
                           (text != nullptr ? text : "no message"));
}

void add_buffers(aclmdlDataset* dataset, const std::vector<size_t>& sizes) {
  for (const size_t size : sizes) {
    void* memory = nullptr;
    check(aclrtMalloc(&memory, size, ACL_MEM_MALLOC_HUGE_FIRST), "aclrtMalloc");
    check(aclrtMemset(memory, size, 0, size), "aclrtMemset");
    check(aclmdlAddDatasetBuffer(dataset, aclCreateDataBuffer(memory, size)),
          "aclmdlAddDatasetBuffer");
  }
}

// What one calling thread has.
class Caller {
 public:
  Caller(const char* path, int32_t device) : device_(device) {
    check(aclrtSetDevice(device), "aclrtSetDevice");
    check(aclmdlLoadFromFile(path, &model_), "aclmdlLoadFromFile");
    aclmdlDesc* desc = aclmdlCreateDesc();
    check(aclmdlGetDesc(desc, model_), "aclmdlGetDesc");
    std::vector<size_t> inputs;
    std::vector<size_t> outputs;
    for (size_t i = 0; i < aclmdlGetNumInputs(desc); ++i) {
      inputs.push_back(aclmdlGetInputSizeByIndex(desc, i));
    }
    for (size_t i = 0; i < aclmdlGetNumOutputs(desc); ++i) {
      outputs.push_back(aclmdlGetOutputSizeByIndex(desc, i));
    }
    check(aclmdlDestroyDesc(desc), "aclmdlDestroyDesc");
    add_buffers(inputs_, inputs);
    add_buffers(outputs_, outputs);
  }

  // Executions per second until `end`; the last one is run to its end and counts by its share.
  double run(Clock::time_point begin, Clock::time_point end) {
    check(aclrtSetDevice(device_), "aclrtSetDevice");
    int count = 0;
    do {
      check(aclmdlExecute(model_, inputs_, outputs_), "aclmdlExecute");
      ++count;
    } while (Clock::now() < end);
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    check(aclrtResetDevice(device_), "aclrtResetDevice");
    return count / seconds;
  }

 private:
  int32_t device_;
  uint32_t model_ = 0;
  aclmdlDataset* inputs_ = aclmdlCreateDataset();
  aclmdlDataset* outputs_ = aclmdlCreateDataset();
};

double run_all(std::vector<Caller>& callers, double seconds) {
  std::vector<double> rates(callers.size());
  std::vector<std::string> errors(callers.size());
  std::vector<std::thread> threads;
  std::barrier start(static_cast<std::ptrdiff_t>(callers.size()));
  for (size_t i = 0; i < callers.size(); ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      const auto begin = Clock::now();
      const auto length =
          std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
      try {
        rates[i] = callers[i].run(begin, begin + length);
      } catch (const std::exception& error) {
        errors[i] = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  double total = 0;
  for (size_t i = 0; i < callers.size(); ++i) {
    if (!errors[i].empty()) throw std::runtime_error(errors[i]);
    total += rates[i];
  }
  return total;
}

int serve(std::vector<Caller>& callers) {
  char line[256];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    double seconds = 0;
    if (std::string_view(line).starts_with("quit")) break;
    if (std::sscanf(line, "run %lf", &seconds) != 1 || !(seconds > 0) || seconds > 3600) {
      std::puts("error expected: run SECONDS (above 0, at most 3600)");
    } else {
      std::printf("ok %f\n", run_all(callers, seconds));
    }
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const int devices = argc == 4 ? std::atoi(argv[2]) : 0;
  const int per_device = argc == 4 ? std::atoi(argv[3]) : 0;
  if (devices < 1 || per_device < 1 || devices * per_device > 64) {
    throw std::runtime_error("usage: devices_bench MODEL DEVICES CALLERS_PER_DEVICE");
  }
  check(aclInit(nullptr), "aclInit");
  std::vector<Caller> callers;
  for (int i = 0; i < devices * per_device; ++i) callers.emplace_back(argv[1], i % devices);
  const int code = serve(callers);
  std::fflush(stdout);
  std::_Exit(code);  // the operating system takes everything back
} catch (const std::exception& error) {
  std::printf("error %s\n", error.what());
  return 1;
}
