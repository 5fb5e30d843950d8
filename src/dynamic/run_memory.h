// Memory of executions whose sizes are known only while they run: blocks that are used again, and a
// bound on what one execution may hold.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"

namespace poacl {

// Blocks of memory that outlive single executions, so that the next one need not ask the system.
// Any thread.
class BlockPool {
 public:
  struct Block {
    void* memory = nullptr;
    size_t capacity = 0;
  };
  BlockPool() = default;
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // At least `bytes`, 64-byte aligned, not initialised; null memory when there is none.
  Block take(size_t bytes);
  void give_back(Block block) noexcept;

 private:
  // More free blocks or bytes than these are returned to the system, the oldest first.
  static constexpr size_t kMostBlocks = 32;
  static constexpr size_t kMostBytes = size_t{1} << 30;

  std::mutex mutex_;
  std::vector<Block> free_;  // oldest first
  size_t free_bytes_ = 0;
};

// What one execution holds: its tensors, counted until the last copy of each is gone, and its work
// memory. One thread.
class RunMemory {
 public:
  // `limit` in bytes.
  RunMemory(std::shared_ptr<BlockPool> pool, size_t limit);

  // Whether `bytes` more would be granted; the error that they would get otherwise.
  Status fits(size_t bytes) const;
  // Counts memory that others gave to this execution until it ends.
  void count(size_t bytes) { used_->fetch_add(bytes); }

  // A tensor to be written through *writable. 245000 with the numbers when that exceeds the limit
  // or what the machine has free.
  Result<Tensor> allocate(DataType dtype, Dims dims, void** writable);
  // Work memory for the life of the buffer; size at least 64.
  Result<ConstBuffer> allocate_bytes(size_t bytes, void** writable);

 private:
  std::shared_ptr<BlockPool> pool_;
  size_t limit_;
  std::shared_ptr<std::atomic<size_t>> used_;
};

}  // namespace poacl
