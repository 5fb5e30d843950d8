// Which stream's task the calling thread is running.
#pragma once

#include <utility>

namespace poacl::runtime {

class Stream;

// For the length of its life this thread runs a task of `stream`.
class RunningHere {
 public:
  explicit RunningHere(const Stream* stream) noexcept : outer_(std::exchange(current_, stream)) {}
  ~RunningHere() { current_ = outer_; }
  RunningHere(const RunningHere&) = delete;
  RunningHere& operator=(const RunningHere&) = delete;

  // Null on a thread that runs none.
  static const Stream* current() noexcept { return current_; }

 private:
  static inline thread_local const Stream* current_ = nullptr;
  const Stream* const outer_;
};

}  // namespace poacl::runtime
