// Device and host memory of the API: host memory with discipline. Blocks are known by address, so
// a wrong pointer gets a sentence, not a crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/status.h"
#include "runtime/span.h"

namespace poacl::runtime {

class Context;
class Device;
class BlockCache;

enum class MemoryKind { kDevice, kHost };

struct Allocation {
  MemoryKind kind;
  int device;  // -1 for host memory
  void* base;
  size_t size;      // what was asked for; 0 when nothing there may be touched
  size_t capacity;  // what may be touched
  SpanKind span;    // what the addresses are
};

// Every block may be touched for this many bytes (spec runtime section 7).
constexpr size_t allocation_capacity(size_t size) {
  return (size + 31) / 32 * 32 + 32;
}

// 100000 for size 0 or one that overflows: what the allocations check first.
Status check_allocation_size(size_t size);

// 64-byte aligned (in fact 128). 207001 with the numbers when the device or the system has no
// room, 100000 for size 0 or one that overflows.
Result<void*> allocate_device(const Context& context, size_t size);
Result<void*> allocate_device(const Device& device, size_t size);
Result<void*> allocate_host(size_t size);

// 107000 for a pointer that is unknown, already free, inside a block, or of the other kind.
Status free_device(void* pointer);
Status free_host(void* pointer);

// The block an address lies in, free blocks included; empty for memory that is not ours.
std::optional<Allocation> find_allocation(const void* address) noexcept;

struct MemoryInfo {
  size_t free = 0;
  size_t total = 0;
};
// What of the device's memory is in use by this process.
MemoryInfo memory_info(const Context& context);

struct MemoryUse {
  size_t blocks = 0;  // from allocate_device or allocate_host, not freed
  uint64_t bytes = 0;
  uint64_t peak = 0;
};
// Of a device by logical number; -1 is the host.
MemoryUse memory_use(int device);

// The cache of a device, which outlives everything; -1 is the host's.
BlockCache& block_cache(int device);

}  // namespace poacl::runtime
