#include "base/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

namespace poacl {
namespace {

constexpr size_t kMaxBytes = 20u << 20;

// localtime_r takes a lock of the C library that stays locked in a child when another thread holds
// it at fork. Under this mutex no thread of ours does. Made while the library is loaded, so that
// no fork meets it half made.
ForkSafeMutex& time_mutex() {
  static auto* const mutex = new ForkSafeMutex;
  return *mutex;
}
[[maybe_unused]] const ForkSafeMutex& made_early = time_mutex();

size_t max_files() {
  const char* text = std::getenv("ASCEND_HOST_LOG_FILE_NUM");
  const int count = text == nullptr ? 0 : std::atoi(text);
  return count >= 1 && count <= 1000 ? static_cast<size_t>(count) : 10;
}

}  // namespace

std::string log_base_folder() {
  const auto set = [](const char* name) -> const char* {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
  };
  if (const char* path = set("ASCEND_PROCESS_LOG_PATH")) return path;
  if (const char* path = set("ASCEND_WORK_PATH")) return std::string(path) + "/log";
  if (const char* path = set("HOME")) return std::string(path) + "/ascend/log";
  return {};
}

LogTime log_time_now() {
  timeval now{};
  gettimeofday(&now, nullptr);
  LogTime time;
  time.microseconds = static_cast<int>(now.tv_usec);
  std::lock_guard lock(time_mutex());
  localtime_r(&now.tv_sec, &time.local);
  return time;
}

std::string log_time_stamp(const LogTime& time) {
  const tm& local = time.local;
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}{:03}", local.tm_year + 1900, local.tm_mon + 1,
                     local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec,
                     time.microseconds / 1000);
}

bool LogFile::is_open() const noexcept {
  struct stat now {};
  return fd_ >= 0 && fstat(fd_, &now) == 0 && now.st_dev == device_ && now.st_ino == inode_;
}

void LogFile::open_next(const LogTime& now) {
  if (is_open()) close(fd_);
  fd_ = -1;
  bytes_ = 0;
  const std::string base = log_base_folder();
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(base) / folder_;
  if (!base.empty()) std::filesystem::create_directories(folder, ignored);
  const std::string path = folder / fmt::format("plog-{}_{}.log", pid_, log_time_stamp(now));
  if (!base.empty()) fd_ = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  struct stat opened {};
  if (fd_ >= 0 && fstat(fd_, &opened) != 0) {
    close(fd_);
    fd_ = -1;
  }
  unusable_ = fd_ < 0;
  if (unusable_) return;
  device_ = opened.st_dev;
  inode_ = opened.st_ino;
  if (written_.empty() || written_.back() != path) written_.push_back(path);
  while (written_.size() > max_files()) {
    unlink(written_.front().c_str());
    written_.erase(written_.begin());
  }
}

void LogFile::write(std::string_view line, const LogTime& now) noexcept {
  try {
    std::lock_guard lock(mutex_);
    if (const int pid = getpid(); pid != pid_) {
      // A forked child writes a file of its own and leaves the parent's alone.
      pid_ = pid;
      unusable_ = false;
      written_.clear();
      open_next(now);
    }
    if (unusable_) return;
    if (!is_open() || (bytes_ + line.size() > kMaxBytes && bytes_ > 0)) open_next(now);
    if (fd_ < 0) return;
    const ssize_t count = ::write(fd_, line.data(), line.size());
    if (count > 0) bytes_ += static_cast<size_t>(count);
  } catch (...) {
    // Out of memory while naming a file: the line is lost, the program goes on.
  }
}

}  // namespace poacl
