// Lines that programs put into the log.
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/log.h"

namespace {

constexpr size_t kMaxLine = 1024;
constexpr const char* kCutMark = "...";

}  // namespace

void aclAppLog(aclLogLevel logLevel, const char* func, const char* file, uint32_t line,
               const char* fmt, ...) {
  const auto level = static_cast<poacl::LogLevel>(logLevel);
  if (fmt == nullptr || logLevel < ACL_DEBUG || logLevel > ACL_ERROR ||
      !poacl::log_enabled(level, "APP")) {
    return;
  }
  try {
    char text[kMaxLine];
    va_list arguments;
    va_start(arguments, fmt);
    const int length = vsnprintf(text, sizeof(text), fmt, arguments);
    va_end(arguments);
    if (length < 0) return;
    std::string whole = fmt::format("{}: {}", func == nullptr ? "" : func, text);
    if (static_cast<size_t>(length) >= sizeof(text) || whole.size() > kMaxLine) {
      whole.resize(kMaxLine - std::strlen(kCutMark));
      whole += kCutMark;
    }
    poacl::log_write(level, "APP", whole, {file == nullptr ? "" : file, static_cast<int>(line)});
  } catch (...) {
    // No memory for the line: it is lost, the program goes on.
  }
}
