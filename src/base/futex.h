// Sleeping on a 32-bit word and waking its sleepers (Linux futex).
#pragma once

#include <atomic>
#include <cstdint>

namespace poacl {

// Sleeps while *word == expected, until woken; may wake spuriously. timeout_ns < 0: no limit.
// Returns false when the time limit passed.
bool futex_wait(const std::atomic<uint32_t>& word, uint32_t expected, int64_t timeout_ns) noexcept;
// Wakes at most `count` sleepers.
void futex_wake(const std::atomic<uint32_t>& word, int count) noexcept;

// Tells the core that this is a spin loop.
inline void cpu_relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Nanoseconds of the monotonic clock.
int64_t monotonic_ns() noexcept;

}  // namespace poacl
