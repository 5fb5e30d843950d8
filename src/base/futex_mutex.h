// A mutex of one word: inline when it is free, asleep in the kernel when it is not. For the many
// small locks of tables and caches.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/futex.h"

namespace poacl {

class FutexMutex {
 public:
  void lock() noexcept {
    uint32_t expected = kFree;
    if (word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire)) return;
    for (int spin = 0; spin < kSpins; ++spin) {
      cpu_relax();
      expected = kFree;
      if (word_.load(std::memory_order_relaxed) == kFree &&
          word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire)) {
        return;
      }
    }
    while (word_.exchange(kWanted, std::memory_order_acquire) != kFree) {
      futex_wait(word_, kWanted, -1);
    }
  }
  bool try_lock() noexcept {
    uint32_t expected = kFree;
    return word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire);
  }
  void unlock() noexcept {
    if (word_.exchange(kFree, std::memory_order_release) == kWanted) futex_wake(word_, 1);
  }

 private:
  static constexpr uint32_t kFree = 0;
  static constexpr uint32_t kHeld = 1;
  static constexpr uint32_t kWanted = 2;  // held, and somebody may sleep
  static constexpr int kSpins = 50;
  std::atomic<uint32_t> word_{kFree};
};

}  // namespace poacl
