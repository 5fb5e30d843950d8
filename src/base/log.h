// The log (spec: dump-prof-log section 7) and the recent error text of acl.get_recent_err_msg.
// Safe from any thread; messages below the level cost one relaxed load.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/status.h"

namespace poacl {

enum class LogLevel : int { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3, kNone = 4 };

LogLevel log_level() noexcept;
void set_log_level(LogLevel level) noexcept;
// `module` is the documented module name: "ASCENDCL", "RUNTIME", "GE", "ATC", "APP".
void log_write(LogLevel level, std::string_view module, std::string_view text) noexcept;

template <typename... Args>
void log(LogLevel level, std::string_view module, fmt::format_string<Args...> format,
         Args&&... args) noexcept {
  if (level < log_level()) return;
  try {
    log_write(level, module, fmt::format(format, std::forward<Args>(args)...));
  } catch (...) {
    log_write(level, module, "log message could not be formatted");
  }
}

// Stores "api: sentence" as the newest error text of this thread (or process, by acl.init's
// err_msg_mode) and logs it at error level. Returns status.code().
int32_t report_error(std::string_view api, const Status& status) noexcept;

// Newest error text, which is cleared; null when there is none. The pointer is valid until the
// next call on this thread.
const char* take_recent_error() noexcept;

// true: one error text for the process; false (default): one per thread.
void set_error_text_per_process(bool per_process) noexcept;

}  // namespace poacl
