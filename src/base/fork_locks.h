// Locks that must be free in a child process made by fork(). Every lock that another thread might
// hold at that moment is registered here: it is taken before the fork and given back on both
// sides, so a child never inherits a locked one.
#pragma once

#include <mutex>

#include "base/futex_mutex.h"

namespace poacl {

class ForkGuarded {
 public:
  virtual void lock_for_fork() noexcept = 0;
  virtual void unlock_after_fork() noexcept = 0;

 protected:
  ForkGuarded() = default;
  ~ForkGuarded() = default;
  ForkGuarded(const ForkGuarded&) = delete;
  ForkGuarded& operator=(const ForkGuarded&) = delete;
};

// Makes a fork take `guarded`'s locks for as long as this lives. The last data member of every
// final class that is ForkGuarded, so that a fork never meets locks that are not made yet.
class ForkRegistration {
 public:
  explicit ForkRegistration(ForkGuarded& guarded);
  ~ForkRegistration();
  ForkRegistration(const ForkRegistration&) = delete;
  ForkRegistration& operator=(const ForkRegistration&) = delete;

 private:
  ForkGuarded* const guarded_;
};

// A mutex of process-wide state. A fork takes all guarded locks one after the other, so hold no
// other guarded lock while taking one, and construct none while holding one.
class ForkSafeMutex final : private ForkGuarded {
 public:
  void lock() { mutex_.lock(); }
  bool try_lock() { return mutex_.try_lock(); }
  void unlock() { mutex_.unlock(); }

 private:
  void lock_for_fork() noexcept override { mutex_.lock(); }
  void unlock_after_fork() noexcept override { mutex_.unlock(); }
  FutexMutex mutex_;
  ForkRegistration registration_{*this};
};

}  // namespace poacl
