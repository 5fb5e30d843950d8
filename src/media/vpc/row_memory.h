// Memory for rows, cut from one block. Without a block it only adds up what would be needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace poacl::media {

class RowMemory {
 public:
  explicit RowMemory(uint8_t* block = nullptr) noexcept : block_(block) {}

  // At least n and 64 bytes more, on a cache line of its own; null without a block.
  uint8_t* bytes(int64_t n) noexcept {
    uint8_t* result = block_ == nullptr ? nullptr : block_ + used_;
    used_ += (static_cast<size_t>(n) + 64 + kLine - 1) / kLine * kLine;
    return result;
  }
  int16_t* words(int64_t n) noexcept { return reinterpret_cast<int16_t*>(bytes(2 * n)); }

  size_t used() const noexcept { return used_; }

  static constexpr size_t kLine = 64;

 private:
  uint8_t* block_;
  size_t used_ = 0;
};

// A block for each worker of a ParallelFor.
class WorkerMemory {
 public:
  // Throws std::bad_alloc.
  WorkerMemory(size_t block, int workers)
      : block_((block + RowMemory::kLine - 1) / RowMemory::kLine * RowMemory::kLine),
        memory_(std::make_unique_for_overwrite<uint8_t[]>(block_ * static_cast<size_t>(workers) +
                                                          RowMemory::kLine)) {
    const auto address = reinterpret_cast<uintptr_t>(memory_.get());
    aligned_ = memory_.get() + (RowMemory::kLine - address % RowMemory::kLine);
  }

  RowMemory of(int worker) const noexcept {
    return RowMemory(aligned_ + block_ * static_cast<size_t>(worker));
  }

 private:
  size_t block_;
  std::unique_ptr<uint8_t[]> memory_;
  uint8_t* aligned_;
};

}  // namespace poacl::media
