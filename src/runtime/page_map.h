// From any address to the memory block it lies in, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace poacl::runtime {

inline constexpr size_t kGranule = 64u << 10;

struct Span;

// Two levels over 47 address bits in granules of 64 KiB; the second level is made when needed and
// stays. A span covers whole granules.
class PageMap {
 public:
  Span* find(const void* address) const noexcept {
    const uintptr_t granule = reinterpret_cast<uintptr_t>(address) / kGranule;
    if (granule >= kLeaves * kLeafSize) return nullptr;
    const Leaf* leaf = leaves_[granule / kLeafSize].load(std::memory_order_acquire);
    return leaf == nullptr ? nullptr : (*leaf)[granule % kLeafSize].load(std::memory_order_acquire);
  }
  // False when the second level could not be allocated. `span` null takes the range out.
  bool assign(const void* begin, size_t bytes, Span* span) noexcept;

 private:
  static constexpr size_t kLeafSize = size_t{1} << 15;
  static constexpr size_t kLeaves = size_t{1} << 16;
  using Leaf = std::array<std::atomic<Span*>, kLeafSize>;
  Leaf* leaf_of(size_t index) noexcept;
  std::array<std::atomic<Leaf*>, kLeaves> leaves_{};
};

}  // namespace poacl::runtime
