// The log (spec: dump-prof-log section 7) and the recent error text of acl.get_recent_err_msg.
// Safe from any thread; messages below every level cost one relaxed load.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "base/status.h"

namespace poacl {

enum class LogLevel : int { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3, kNone = 4 };

// Where a line comes from; the folders before the file's name are not printed.
struct LogPlace {
  const char* file = "";
  int line = 0;
};

// The level of the modules that ASCEND_MODULE_LOG_LEVEL does not name.
LogLevel log_level() noexcept;
void set_log_level(LogLevel level) noexcept;
// `module` is the documented module name: "ASCENDCL", "RUNTIME", "GE", "ATC", "APP".
bool log_enabled(LogLevel level, std::string_view module) noexcept;
void log_write(LogLevel level, std::string_view module, std::string_view text,
               LogPlace place = {__builtin_FILE(), __builtin_LINE()}) noexcept;

// A line of level EVENT, which no level suppresses but ASCEND_GLOBAL_EVENT_ENABLE=0 does; into the
// files of folder run instead of debug.
void log_event(std::string_view module, std::string_view text,
               LogPlace place = {__builtin_FILE(), __builtin_LINE()}) noexcept;

// A format string, checked when it is compiled, and the place of the call.
template <typename... Args>
struct LogFormat {
  template <typename Text>
  FMT_CONSTEVAL LogFormat(const Text& text, const char* file = __builtin_FILE(),
                          int line = __builtin_LINE())
      : format(text), place{file, line} {}
  fmt::format_string<Args...> format;
  LogPlace place;
};

template <typename... Args>
void log(LogLevel level, std::string_view module, LogFormat<std::type_identity_t<Args>...> format,
         Args&&... args) noexcept {
  if (!log_enabled(level, module)) return;
  try {
    log_write(level, module, fmt::format(format.format, std::forward<Args>(args)...), format.place);
  } catch (...) {
    log_write(level, module, "log message could not be formatted", format.place);
  }
}

// How a C function is called in texts: by its own name, or by another one where the program that
// runs knows it under that. `namer` returns its argument for functions it does not know.
std::string_view api_name(std::string_view c_name) noexcept;
void set_api_namer(std::string_view (*namer)(std::string_view c_name)) noexcept;

// The code of the newest failed call on this thread, 0 after none; `clear` forgets it.
int32_t last_error_code(bool clear) noexcept;

// Stores "api: sentence" as the newest error text of this thread (or process, by acl.init's
// err_msg_mode) and logs it at error level. Returns status.code().
int32_t report_error(std::string_view api, const Status& status,
                     LogPlace place = {__builtin_FILE(), __builtin_LINE()}) noexcept;

// Newest error text, which is cleared; null when there is none. The pointer is valid until the
// next call on this thread.
const char* take_recent_error() noexcept;

// true: one error text for the process; false (default): one per thread.
void set_error_text_per_process(bool per_process) noexcept;

}  // namespace poacl
