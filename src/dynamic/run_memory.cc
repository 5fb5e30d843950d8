#include "dynamic/run_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "acl/acl_base.h"

namespace poacl {
namespace {

constexpr size_t kAlign = 64;
constexpr size_t kHugePage = size_t{2} << 20;
// Requests below this are not worth a look at what the machine has left.
constexpr size_t kLargeRequest = size_t{256} << 20;

size_t round_up(size_t value, size_t unit) {
  return (value + unit - 1) / unit * unit;
}

void* system_memory(size_t bytes) {
  const bool large = bytes >= kHugePage;
  void* memory = std::aligned_alloc(large ? kHugePage : kAlign, bytes);
  // Fewer TLB misses where the kernel grants huge pages; harmless where it does not.
  if (memory != nullptr && large) madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

// What programs can get without swapping; all there is when the system does not tell. Linux lends
// more addresses than that, and ends the process that uses them.
size_t available_memory() {
  std::FILE* file = std::fopen("/proc/meminfo", "re");
  if (file == nullptr) return std::numeric_limits<size_t>::max();
  size_t kilobytes = std::numeric_limits<size_t>::max() >> 10;
  char line[128];
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    unsigned long value = 0;
    if (std::sscanf(line, "MemAvailable: %lu", &value) == 1) kilobytes = value;
  }
  std::fclose(file);
  return kilobytes << 10;
}

Status no_memory(size_t bytes, std::string_view why) {
  return Status(ACL_ERROR_GE_MEMORY_ALLOCATION,
                fmt::format("{} bytes are needed, but {}", bytes, why));
}

}  // namespace

BlockPool::~BlockPool() {
  for (const Block& block : free_) std::free(block.memory);
}

BlockPool::Block BlockPool::take(size_t bytes) {
  const size_t unit = bytes >= kHugePage ? kHugePage : kAlign;
  if (bytes > std::numeric_limits<size_t>::max() / 2) return {};
  const size_t wanted = std::max(round_up(bytes, unit), kAlign);
  {
    const std::lock_guard lock(mutex_);
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      // A much larger block would be missing where it fits.
      if (it->capacity < wanted || it->capacity / 2 > wanted) continue;
      if (best == free_.end() || it->capacity < best->capacity) best = it;
    }
    if (best != free_.end()) {
      const Block block = *best;
      free_.erase(best);
      free_bytes_ -= block.capacity;
      return block;
    }
  }
  void* memory = system_memory(wanted);
  return memory == nullptr ? Block{} : Block{memory, wanted};
}

void BlockPool::give_back(Block block) noexcept {
  {
    const std::lock_guard lock(mutex_);
    free_.reserve(kMostBlocks + 1);
    free_.push_back(block);
    free_bytes_ += block.capacity;
    while (free_.size() > kMostBlocks || free_bytes_ > kMostBytes) {
      free_bytes_ -= free_.front().capacity;
      std::free(free_.front().memory);
      free_.erase(free_.begin());
    }
  }
}

RunMemory::RunMemory(std::shared_ptr<BlockPool> pool, size_t limit)
    : pool_(std::move(pool)), limit_(limit), used_(std::make_shared<std::atomic<size_t>>(0)) {}

Status RunMemory::fits(size_t bytes) const {
  const size_t used = used_->load();
  if (bytes > limit_ || used > limit_ - bytes) {
    return no_memory(
        bytes, fmt::format("this execution may hold {} bytes and holds {} already", limit_, used));
  }
  if (bytes >= kLargeRequest) {
    if (const size_t available = available_memory(); bytes > available) {
      return no_memory(bytes, fmt::format("this machine has {} bytes free", available));
    }
  }
  return {};
}

Result<ConstBuffer> RunMemory::allocate_bytes(size_t bytes, void** writable) {
  POACL_RETURN_IF_ERROR(fits(bytes));
  const BlockPool::Block block = pool_->take(bytes);
  if (block.memory == nullptr) return no_memory(bytes, "the system has no room for them");
  used_->fetch_add(bytes);
  *writable = block.memory;
  std::shared_ptr<const void> owner(block.memory,
                                    [pool = pool_, used = used_, block, bytes](const void*) {
                                      used->fetch_sub(bytes);
                                      pool->give_back(block);
                                    });
  return ConstBuffer(std::move(owner), block.memory, bytes);
}

Result<Tensor> RunMemory::allocate(DataType dtype, Dims dims, void** writable) {
  const int64_t count = element_count(dims);
  size_t bytes = 0;
  if (count < 0 ||
      __builtin_mul_overflow(static_cast<size_t>(count), data_type_size(dtype), &bytes)) {
    return Status(
        ACL_ERROR_GE_SHAPE_INVALID,
        fmt::format("a tensor of shape {} is larger than any memory", dims_to_string(dims)));
  }
  POACL_ASSIGN_OR_RETURN(ConstBuffer buffer, allocate_bytes(bytes, writable));
  return Tensor{dtype, std::move(dims), std::move(buffer)};
}

}  // namespace poacl
