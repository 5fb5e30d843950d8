// ASCEND_MODULE_LOG_LEVEL: levels of single modules, "GE=0:RUNTIME=1".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"

namespace poacl {

class LogModuleLevels {
 public:
  // Entries that are not NAME=0..4 are passed over; the last one of a name counts. Null: none.
  explicit LogModuleLevels(const char* text);

  LogLevel level_of(std::string_view module, LogLevel otherwise) const noexcept;
  // The most talkative module's; kNone when no module is named.
  LogLevel lowest() const noexcept { return lowest_; }

 private:
  std::vector<std::pair<std::string, LogLevel>> levels_;
  LogLevel lowest_ = LogLevel::kNone;
};

// The process's, read at first use.
const LogModuleLevels& log_module_levels() noexcept;

}  // namespace poacl
