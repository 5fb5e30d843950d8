#include "runtime/block_cache.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <mutex>

namespace poacl::runtime {
namespace {

constexpr size_t kSmallest = 128;
constexpr size_t kLargestSmall = 256u << 10;
constexpr size_t kBlocksPerSpan = 8;
// Unused big spans that are kept, their pages included.
constexpr uint64_t kKeepBytes = 1u << 30;

constexpr size_t round_up(size_t value, size_t unit) {
  return (value + unit - 1) / unit * unit;
}

// Four classes between powers of two.
size_t class_bytes(size_t bytes) {
  if (bytes <= kSmallest) return kSmallest;
  const int bits = std::bit_width(bytes - 1);
  return round_up(bytes, std::max(kSmallest, size_t{1} << (bits - 3)));
}

size_t class_index(size_t rounded) {
  if (rounded <= kSmallest) return 0;
  const int bits = std::bit_width(rounded - 1);
  return static_cast<size_t>(bits) * 4 + (((rounded - 1) >> (bits - 3)) & 3);
}

}  // namespace

// Adds only what fits, so that a request which is too big never makes another one fail.
bool BlockCache::reserve(size_t capacity) noexcept {
  uint64_t used = used_.load(std::memory_order_relaxed);
  do {
    if (capacity > limit_ || used > limit_ - capacity) return false;
  } while (!used_.compare_exchange_weak(used, used + capacity));
  if (used + capacity > peak_.load(std::memory_order_relaxed)) {
    peak_.store(used + capacity, std::memory_order_relaxed);
  }
  return true;
}

void* BlockCache::allocate(size_t requested, size_t capacity) noexcept {
  if (!reserve(capacity)) return nullptr;
  void* block = capacity <= kLargestSmall ? take_small(class_bytes(capacity)) : take_big(capacity);
  if (block == nullptr) {
    used_.fetch_sub(capacity);
    return nullptr;
  }
  Span* span = page_map().find(block);
  const size_t index =
      static_cast<size_t>(static_cast<char*>(block) - span->base) / span->block_bytes;
  span->requested.load()[index].store(requested, std::memory_order_release);
  return block;
}

void* BlockCache::take_small(size_t bytes) noexcept {
  SizeClass& size_class = classes_[class_index(bytes)];
  do {
    std::lock_guard lock(size_class.mutex);
    if (size_class.unused.empty()) continue;
    void* block = size_class.unused.back();
    size_class.unused.pop_back();
    return block;
  } while (grow(size_class, bytes));  // other threads may take all that it brings
  return nullptr;
}

// The class's mutex is not held: mapping takes a guarded lock, and takes long.
bool BlockCache::grow(SizeClass& size_class, size_t bytes) noexcept {
  const size_t span_bytes = round_up(bytes * kBlocksPerSpan, kGranule);
  const size_t blocks = span_bytes / bytes;
  Span* span = map_span(this, span_bytes, bytes);
  if (span == nullptr) return false;
  try {
    std::lock_guard lock(size_class.mutex);
    size_class.unused.reserve(size_class.blocks + blocks);
    size_class.blocks += blocks;
    // Lowest address first.
    for (size_t i = blocks; i-- > 0;) size_class.unused.push_back(span->base + i * bytes);
    return true;
  } catch (...) {
    // No memory for the list: the pages go back to the system.
  }
  unmap_span(span);
  return false;
}

void* BlockCache::take_big(size_t bytes) noexcept {
  const size_t rounded = round_up(bytes, kGranule);
  if (rounded < bytes) return nullptr;
  {
    std::lock_guard lock(big_mutex_);
    const auto it = big_unused_.lower_bound(rounded);
    if (it != big_unused_.end() && it->first - rounded <= rounded / 4) {
      Span* span = it->second;
      big_unused_.erase(it);
      big_unused_bytes_ -= span->bytes;
      ++big_live_;
      return span->base;
    }
  }
  Span* span = map_span(this, rounded, rounded);
  if (span == nullptr) {
    trim(0);
    span = map_span(this, rounded, rounded);
  }
  if (span == nullptr) return nullptr;
  std::lock_guard lock(big_mutex_);
  ++big_live_;
  return span->base;
}

void BlockCache::release(Span& span, uint32_t block, size_t charge) noexcept {
  used_.fetch_sub(charge);
  if (span.blocks > 1 || span.block_bytes <= kLargestSmall) {
    SizeClass& size_class = classes_[class_index(span.block_bytes)];
    std::lock_guard lock(size_class.mutex);
    size_class.unused.push_back(span.base + block * span.block_bytes);
    return;
  }
  bool kept = false;
  {
    std::lock_guard lock(big_mutex_);
    --big_live_;
    try {
      big_unused_.emplace(span.bytes, &span);
      big_unused_bytes_ += span.bytes;
      kept = true;
    } catch (...) {
      // No memory for the note: the pages go back to the system.
    }
  }
  if (!kept) return unmap_span(&span);
  trim(kKeepBytes);
}

void BlockCache::trim(uint64_t keep_bytes) noexcept {
  while (true) {
    Span* victim = nullptr;
    {
      std::lock_guard lock(big_mutex_);
      if (big_unused_bytes_ <= keep_bytes || big_unused_.empty()) return;
      const auto it = std::prev(big_unused_.end());
      victim = it->second;
      big_unused_bytes_ -= victim->bytes;
      big_unused_.erase(it);
    }
    unmap_span(victim);
  }
}

size_t BlockCache::live_blocks() noexcept {
  size_t live = 0;
  for (SizeClass& each : classes_) {
    std::lock_guard lock(each.mutex);
    live += each.blocks - each.unused.size();
  }
  std::lock_guard lock(big_mutex_);
  return live + big_live_;
}

bool BlockCache::replace_pages(Span& span, uint32_t block,
                               const std::function<void(char*, size_t)>& replace) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t size = span.block_bytes;
  const size_t begin = block * size / page * page;
  const size_t end = std::min<size_t>(round_up((block + 1) * size, page), span.bytes);
  if (span.blocks == 1 && size > kLargestSmall) {
    replace(span.base + begin, end - begin);
    return true;
  }
  SizeClass& size_class = classes_[class_index(size)];
  std::lock_guard lock(size_class.mutex);
  for (size_t other = begin / size; other < span.blocks && other * size < end; ++other) {
    if (other == block) continue;
    void* const address = span.base + other * size;
    const auto& unused = size_class.unused;
    if (std::find(unused.begin(), unused.end(), address) == unused.end()) return false;
  }
  replace(span.base + begin, end - begin);
  return true;
}

void BlockCache::lock_for_fork() noexcept {
  for (SizeClass& each : classes_) each.mutex.lock();
  big_mutex_.lock();
}

void BlockCache::unlock_after_fork() noexcept {
  for (SizeClass& each : classes_) each.mutex.unlock();
  big_mutex_.unlock();
}

}  // namespace poacl::runtime
