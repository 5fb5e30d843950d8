#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/log_file.h"
#include "base/log_modules.h"

namespace poacl {
namespace {

constexpr const char* kLevelNames[] = {"DEBUG", "INFO", "WARNING", "ERROR"};

bool is_one(const char* name, bool& found) {
  const char* value = std::getenv(name);
  found = value != nullptr && *value != '\0';
  return found && std::strcmp(value, "1") == 0;
}

constexpr int kNotRead = -1;

// Read on first use without a guard: a child forked while another thread holds a static's guard
// would wait for it for ever. Threads that race here store the same value.
bool prints_to_stdout() {
  static std::atomic<int> prints{kNotRead};
  int value = prints.load(std::memory_order_relaxed);
  if (value == kNotRead) {
    bool found = false;
    const bool newer = is_one("ASCEND_LOG_PRINT_TO_STDOUT", found);
    value = (found ? newer : is_one("ASCEND_SLOG_PRINT_TO_STDOUT", found)) ? 1 : 0;
    prints.store(value, std::memory_order_relaxed);
  }
  return value == 1;
}

int level_from_environment() {
  const char* text = std::getenv("ASCEND_GLOBAL_LOG_LEVEL");
  const bool one_digit = text != nullptr && text[0] >= '0' && text[0] <= '4' && text[1] == '\0';
  return one_digit ? text[0] - '0' : static_cast<int>(LogLevel::kError);
}

constinit std::atomic<int> level_word{kNotRead};

bool events_enabled() {
  static std::atomic<int> enabled{kNotRead};
  int value = enabled.load(std::memory_order_relaxed);
  if (value == kNotRead) {
    const char* text = std::getenv("ASCEND_GLOBAL_EVENT_ENABLE");
    value = text != nullptr && std::strcmp(text, "0") == 0 ? 0 : 1;
    enabled.store(value, std::memory_order_relaxed);
  }
  return value == 1;
}

// Never destroyed: exit handlers log too.
LogFile& debug_file() {
  static auto* const file = new LogFile("debug/plog");
  return *file;
}
LogFile& run_file() {
  static auto* const file = new LogFile("run/plog");
  return *file;
}
// Made while the library is loaded, so that no fork meets them half made.
[[maybe_unused]] const LogFile& debug_made_early = debug_file();
[[maybe_unused]] const LogFile& run_made_early = run_file();

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.remove_prefix(static_cast<size_t>(count));
  }
}

void write_line(const char* level, std::string_view module, std::string_view text, LogPlace place,
                LogFile& file) noexcept {
  const int saved_errno = errno;
  try {
    const LogTime now = log_time_now();
    const tm& local = now.local;
    const char* slash = std::strrchr(place.file, '/');
    const std::string line = fmt::format(
        "[{}] {}({},{}):{:04}-{:02}-{:02}-{:02}:{:02}:{:02}.{:03}.{:03} [{}:{}]{}\n", level, module,
        getpid(), program_invocation_short_name, local.tm_year + 1900, local.tm_mon + 1,
        local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, now.microseconds / 1000,
        now.microseconds % 1000, slash == nullptr ? place.file : slash + 1, place.line, text);
    if (prints_to_stdout()) {
      write_all(STDOUT_FILENO, line);
    } else {
      file.write(line, now);
    }
  } catch (...) {
    // Formatting failed for want of memory: the line is lost, the program goes on.
  }
  errno = saved_errno;
}

}  // namespace

LogLevel log_level() noexcept {
  int level = level_word.load(std::memory_order_relaxed);
  if (level == kNotRead) {
    const int read = level_from_environment();
    // Whoever set a level meanwhile wins.
    if (level_word.compare_exchange_strong(level, read, std::memory_order_relaxed)) level = read;
  }
  return static_cast<LogLevel>(level);
}

void set_log_level(LogLevel level) noexcept {
  level_word.store(static_cast<int>(level), std::memory_order_relaxed);
}

bool log_enabled(LogLevel level, std::string_view module) noexcept {
  const LogModuleLevels& modules = log_module_levels();
  if (level < log_level() && level < modules.lowest()) return false;
  return level >= modules.level_of(module, log_level());
}

void log_write(LogLevel level, std::string_view module, std::string_view text,
               LogPlace place) noexcept {
  if (level < LogLevel::kDebug || level >= LogLevel::kNone || !log_enabled(level, module)) return;
  write_line(kLevelNames[static_cast<int>(level)], module, text, place, debug_file());
}

void log_event(std::string_view module, std::string_view text, LogPlace place) noexcept {
  if (events_enabled()) write_line("EVENT", module, text, place, run_file());
}

}  // namespace poacl
