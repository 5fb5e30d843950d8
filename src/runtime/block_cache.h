// A caching allocator over spans: one for the host, one for each device. Small blocks come in
// size classes at most a quarter apart; big ones have a span of their own, kept for reuse within
// bounds. Every address is a multiple of 128.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/fork_locks.h"
#include "base/futex_mutex.h"
#include "runtime/span.h"

namespace poacl::runtime {

class BlockCache final : private ForkGuarded {
 public:
  // `device` -1 for the host. `limit`: how many bytes may be in use at once. `used` counts them,
  // and is somewhere that other programs may see (base/usage_page.h).
  BlockCache(int device, uint64_t limit, std::atomic<uint64_t>& used)
      : device_(device), limit_(limit), used_(used) {}

  int device() const noexcept { return device_; }
  uint64_t limit() const noexcept { return limit_; }
  uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  // The most that was in use at any time; threads that race may let it miss a moment.
  uint64_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }
  // How many blocks are in use.
  size_t live_blocks() noexcept;

  // A block that holds at least `capacity` bytes, remembered as one of `requested` bytes; null
  // when the limit or the system forbids it.
  void* allocate(size_t requested, size_t capacity) noexcept;

  // Takes back a block whose `requested` word the caller has just set from `requested` to 0.
  void release(Span& span, uint32_t block, size_t charge) noexcept;

  // Counts memory that is not from allocate(); false when the limit forbids it.
  bool reserve(size_t capacity) noexcept;
  void give_back(size_t capacity) noexcept { used_.fetch_sub(capacity); }

  // Calls `replace` with the whole pages that a block in use lies on, as long as no other block in
  // use lies on them; nobody gets one meanwhile. False when there is such a block.
  bool replace_pages(Span& span, uint32_t block, const std::function<void(char*, size_t)>& replace);

 private:
  static constexpr size_t kClasses = 80;
  struct SizeClass {
    FutexMutex mutex;
    std::vector<void*> unused;  // capacity for every block of the class: a release cannot fail
    size_t blocks = 0;
  };

  void* take_small(size_t bytes) noexcept;
  bool grow(SizeClass& size_class, size_t bytes) noexcept;
  void* take_big(size_t bytes) noexcept;
  void trim(uint64_t keep_bytes) noexcept;
  void lock_for_fork() noexcept override;
  void unlock_after_fork() noexcept override;

  const int device_;
  const uint64_t limit_;
  std::atomic<uint64_t>& used_;
  std::atomic<uint64_t> peak_{0};
  std::array<SizeClass, kClasses> classes_;
  FutexMutex big_mutex_;
  size_t big_live_ = 0;
  std::multimap<size_t, Span*> big_unused_;  // by size
  uint64_t big_unused_bytes_ = 0;
  ForkRegistration registration_{*this};
};

}  // namespace poacl::runtime
