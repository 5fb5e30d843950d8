// The files of the log: where they are, when a new one begins. Never fails loudly: a folder that
// cannot be written means that lines are dropped.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/fork_locks.h"

namespace poacl {

// A moment as local time.
struct LogTime {
  tm local{};
  int microseconds = 0;
};

// Never waits for a lock that a parent process's thread held at fork. Takes a guarded lock
// (fork_locks.h).
LogTime log_time_now();

class LogFile {
 public:
  // `folder` below the base: "debug/plog" or "run/plog" (spec: dump-prof-log section 7).
  explicit LogFile(const char* folder) : folder_(folder) {}

  // Appends one line to the log of this process; `now` names a file that begins with it.
  void write(std::string_view line, const LogTime& now) noexcept;

 private:
  void open_next(const LogTime& now);
  // False when the program closed the descriptor, which may be another file of its own by now.
  bool is_open() const noexcept;
  const char* const folder_;
  ForkSafeMutex mutex_;
  int fd_ = -1;
  dev_t device_ = 0;  // what fd_ was opened as
  ino_t inode_ = 0;
  int pid_ = 0;
  bool unusable_ = false;
  size_t bytes_ = 0;
  std::vector<std::string> written_;  // oldest first, for rotation
};

// Base folder by ASCEND_PROCESS_LOG_PATH, ASCEND_WORK_PATH, HOME in this order; empty when none
// is set.
std::string log_base_folder();

// "20261121083000123": down to milliseconds, as file names carry it.
std::string log_time_stamp(const LogTime& time);

}  // namespace poacl
