#include "session.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "console.h"
#include "failure.h"

namespace msame {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOwnConfig = "acl.json";

std::string config_text(const Options& options) {
  const fs::path folder = fs::path(options.output) / (options.dump ? "dump" : "profiler");
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail("the folder {} cannot be made: {}", folder.string(), error.message());
  nlohmann::json config;
  if (options.dump) {
    config["dump"] = {{"dump_path", folder.string()},
                      {"dump_mode", "output"},
                      {"dump_list", {{{"model_name", fs::path(options.model).stem().string()}}}}};
  } else {
    config["profiler"] = {
        {"switch", "on"}, {"aicpu", "on"}, {"output", folder.string()}, {"aic_metrics", ""}};
  }
  return config.dump(1) + "\n";
}

// A file that lasts as long as this object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_((fs::temp_directory_path() / "msame_XXXXXX").string()) {
    const int file = ::mkstemp(path_.data());
    const bool written =
        file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) ::close(file);
    if (!written) fail("the temporary file {} cannot be written", path_);
  }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const char* path() const { return path_.c_str(); }

 private:
  std::string path_;
};

void initialize(const Options& options) {
  if (options.dump || options.profiler) {
    const TemporaryFile config(config_text(options));
    check(aclInit(config.path()), "aclInit");
    return;
  }
  std::error_code ignored;
  check(aclInit(fs::exists(kOwnConfig, ignored) ? kOwnConfig : nullptr), "aclInit");
}

}  // namespace

Session::Session(const Options& options) : devices_(options.devices) {
  initialize(options);
  initialized_ = true;
  info("acl init success");
  try {
    for (const int32_t device : devices_) {
      check(aclrtSetDevice(device), "aclrtSetDevice");
      ++open_devices_;
      info("open device {} success", device);
      aclrtContext context = nullptr;
      check(aclrtCreateContext(&context, device), "aclrtCreateContext");
      contexts_.push_back(context);
      info("create context success");
    }
    enter(0);
  } catch (...) {
    release(false);
    throw;
  }
}

Session::~Session() {
  release(false);
}

void Session::enter(size_t index) const {
  check(aclrtSetCurrentContext(contexts_[index]), "aclrtSetCurrentContext");
}

void Session::close() {
  release(true);
}

void Session::release(bool report) {
  const auto step = [&](aclError code, const char* call, const std::string& line) {
    if (!report) return;
    check(code, call);
    info("{}", line);
  };
  while (!contexts_.empty()) {
    const aclrtContext context = contexts_.back();
    contexts_.pop_back();
    step(aclrtDestroyContext(context), "aclrtDestroyContext", "end to destroy context");
  }
  while (open_devices_ > 0) {
    const int32_t device = devices_[--open_devices_];
    step(aclrtResetDevice(device), "aclrtResetDevice",
         fmt::format("end to reset device is {}", device));
  }
  if (initialized_) {
    initialized_ = false;
    step(aclFinalize(), "aclFinalize", "end to finalize acl");
  }
}

}  // namespace msame
