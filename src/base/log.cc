#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/log_file.h"

namespace poacl {
namespace {

constexpr const char* kLevelNames[] = {"DEBUG", "INFO", "WARNING", "ERROR"};

bool is_one(const char* name, bool& found) {
  const char* value = std::getenv(name);
  found = value != nullptr && *value != '\0';
  return found && std::strcmp(value, "1") == 0;
}

bool prints_to_stdout() {
  static const bool prints = [] {
    bool found = false;
    const bool newer = is_one("ASCEND_LOG_PRINT_TO_STDOUT", found);
    return found ? newer : is_one("ASCEND_SLOG_PRINT_TO_STDOUT", found);
  }();
  return prints;
}

int level_from_environment() {
  const char* text = std::getenv("ASCEND_GLOBAL_LOG_LEVEL");
  const bool one_digit = text != nullptr && text[0] >= '0' && text[0] <= '4' && text[1] == '\0';
  return one_digit ? text[0] - '0' : static_cast<int>(LogLevel::kError);
}

std::atomic<int>& level_word() {
  static std::atomic<int> level{level_from_environment()};
  return level;
}

LogFile& log_file() {
  // Never destroyed: exit handlers log too.
  static auto* const file = new LogFile;
  return *file;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.remove_prefix(static_cast<size_t>(count));
  }
}

}  // namespace

LogLevel log_level() noexcept {
  return static_cast<LogLevel>(level_word().load(std::memory_order_relaxed));
}

void set_log_level(LogLevel level) noexcept {
  level_word().store(static_cast<int>(level), std::memory_order_relaxed);
}

void log_write(LogLevel level, std::string_view module, std::string_view text) noexcept {
  if (level < log_level() || level < LogLevel::kDebug || level >= LogLevel::kNone) return;
  const int saved_errno = errno;
  try {
    const LogTime now = log_time_now();
    const tm& local = now.local;
    const std::string line = fmt::format(
        "[{}] {}({},{}):{:04}-{:02}-{:02}-{:02}:{:02}:{:02}.{:03}.{:03} {}\n",
        kLevelNames[static_cast<int>(level)], module, getpid(), program_invocation_short_name,
        local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
        local.tm_sec, now.microseconds / 1000, now.microseconds % 1000, text);
    if (prints_to_stdout()) {
      write_all(STDOUT_FILENO, line);
    } else {
      log_file().write(line, now);
    }
  } catch (...) {
    // Formatting failed for want of memory: the line is lost, the program goes on.
  }
  errno = saved_errno;
}

}  // namespace poacl
