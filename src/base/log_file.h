// The files of the log: where they are, when a new one begins. Never fails loudly: a folder that
// cannot be written means that lines are dropped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fork_locks.h"

namespace poacl {

class LogFile {
 public:
  // Appends one line to the debug log of this process (spec: dump-prof-log section 7).
  void write(std::string_view line) noexcept;

 private:
  void open_next();
  ForkSafeMutex mutex_;
  int fd_ = -1;
  int pid_ = 0;
  bool unusable_ = false;
  size_t bytes_ = 0;
  std::vector<std::string> written_;  // oldest first, for rotation
};

// Base folder by ASCEND_PROCESS_LOG_PATH, ASCEND_WORK_PATH, HOME in this order; empty when none
// is set.
std::string log_base_folder();

// "20261121083000123": local time down to milliseconds, as file names carry it.
std::string log_time_stamp();

}  // namespace poacl
