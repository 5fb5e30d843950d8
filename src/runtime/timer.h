// Watches the time limits of streams that stand at something. One thread, started when the first
// limit is set.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "base/futex_mutex.h"

namespace poacl::runtime {

class Stream;

class Timer {
 public:
  // The process's timer; a forked child gets a fresh one.
  static Timer& instance();

  // Calls stream->check_deadline() from `deadline` (monotonic nanoseconds) on until that returns
  // 0. `stream` may be null when it is watched already and only its deadline is new.
  void watch(const std::shared_ptr<Stream>& stream, int64_t deadline);

 private:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  static void* enter(void* timer);
  void loop();
  void start_thread();

  FutexMutex mutex_;  // guards watched_ and started_
  std::vector<std::weak_ptr<Stream>> watched_;
  bool started_ = false;
  std::atomic<int64_t> sleeps_until_{kNever};
  std::atomic<uint32_t> changes_{0};
};

}  // namespace poacl::runtime
