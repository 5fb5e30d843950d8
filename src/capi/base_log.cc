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
      level < poacl::log_level()) {
    return;
  }
  try {
    char text[kMaxLine];
    va_list arguments;
    va_start(arguments, fmt);
    const int length = vsnprintf(text, sizeof(text), fmt, arguments);
    va_end(arguments);
    if (length < 0) return;
    const char* slash = file == nullptr ? nullptr : std::strrchr(file, '/');
    const char* name = slash != nullptr ? slash + 1 : file == nullptr ? "" : file;
    std::string whole = fmt::format("[{}:{}]{}: {}", name, line, func == nullptr ? "" : func, text);
    if (static_cast<size_t>(length) >= sizeof(text) || whole.size() > kMaxLine) {
      whole.resize(kMaxLine - std::strlen(kCutMark));
      whole += kCutMark;
    }
    poacl::log_write(level, "APP", whole);
  } catch (...) {
    // No memory for the line: it is lost, the program goes on.
  }
}
