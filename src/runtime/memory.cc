#include "runtime/memory.h"

#include <sys/sysinfo.h>

#include <array>
#include <atomic>
#include <limits>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/config.h"
#include "base/fork_locks.h"
#include "base/usage_page.h"
#include "runtime/block_cache.h"
#include "runtime/context.h"
#include "runtime/device.h"

namespace poacl::runtime {
namespace {

constexpr size_t kMaxDevices = 64;
constexpr size_t kMaxSize = std::numeric_limits<size_t>::max() / 2;

// Memory and swap of the machine, in bytes.
uint64_t machine_memory() {
  struct sysinfo info {};
  if (sysinfo(&info) != 0) return std::numeric_limits<uint64_t>::max();
  return (uint64_t{info.totalram} + info.totalswap) * info.mem_unit;
}

// Not part of State: memory outlives devices, and a forked child may free what its parent made.
struct Caches {
  ForkSafeMutex mutex;
  std::array<std::atomic<BlockCache*>, kMaxDevices + 1> by_device{};  // 0 is the host
};

Caches& caches() {
  static auto* const all = new Caches;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Caches& caches_made_early = caches();

}  // namespace

BlockCache& block_cache(int device) {
  auto& slot = caches().by_device[static_cast<size_t>(device + 1)];
  if (BlockCache* cache = slot.load(std::memory_order_acquire)) return *cache;
  const uint64_t limit =
      device < 0 ? std::numeric_limits<int64_t>::max() : config().soc->memory_bytes;
  static std::atomic<uint64_t> used_of_host{0};
  const Config& settings = config();
  auto fresh = std::make_unique<BlockCache>(
      device, limit,
      device < 0 ? used_of_host
                 : usage_page()
                       .devices[settings.visible_devices[static_cast<size_t>(device)]]
                       .memory_bytes);
  std::lock_guard lock(caches().mutex);
  if (BlockCache* cache = slot.load(std::memory_order_acquire)) return *cache;
  slot.store(fresh.get(), std::memory_order_release);
  return *fresh.release();
}

namespace {

const char* name_of(MemoryKind kind) {
  return kind == MemoryKind::kDevice ? "device memory" : "host memory";
}

Status cannot_free(const void* pointer, const std::string& reason) {
  return Status(ACL_ERROR_RT_PARAM_INVALID, fmt::format("{} cannot be freed: {}", pointer, reason));
}

Status not_a_block(const void* pointer, const Span& span) {
  return cannot_free(pointer, span.kind == SpanKind::kImported
                                  ? "it is memory of another process: give it back with "
                                    "acl.rt.ipc_mem_close"
                                  : "it lies in reserved addresses: use acl.rt.unmap_mem and "
                                    "acl.rt.release_mem_address");
}

Status release(void* pointer, MemoryKind kind) {
  Span* span = page_map().find(pointer);
  const char* wanted = kind == MemoryKind::kDevice ? "acl.rt.malloc" : "acl.rt.malloc_host";
  if (span == nullptr) {
    return cannot_free(pointer, fmt::format("it was not allocated by {}", wanted));
  }
  const size_t offset = static_cast<size_t>(static_cast<char*>(pointer) - span->base);
  const size_t index = offset / span->block_bytes;
  if (index >= span->blocks) {
    return cannot_free(pointer, fmt::format("it was not allocated by {}", wanted));
  }
  if (span->kind != SpanKind::kBlocks) return not_a_block(pointer, *span);
  BlockCache& owner = *span->owner;
  const MemoryKind actual = owner.device() < 0 ? MemoryKind::kHost : MemoryKind::kDevice;
  uint64_t size = span->requested.load()[index].load(std::memory_order_acquire);
  if (size == 0) return cannot_free(pointer, "its block is free already");
  if (offset % span->block_bytes != 0) {
    return cannot_free(pointer,
                       fmt::format("it lies {} bytes inside the block at {}; free that address",
                                   offset % span->block_bytes,
                                   static_cast<void*>(span->base + index * span->block_bytes)));
  }
  // Where device and host are one machine the two kinds are one memory.
  if (actual != kind && !config().soc->runs_on_device()) {
    return cannot_free(
        pointer, fmt::format("it is {} of {} bytes: free it with {}", name_of(actual), size,
                             actual == MemoryKind::kDevice ? "acl.rt.free" : "acl.rt.free_host"));
  }
  if (!span->requested.load()[index].compare_exchange_strong(size, 0)) {
    return cannot_free(pointer, "its block is being freed by another thread");
  }
  owner.release(*span, static_cast<uint32_t>(index), allocation_capacity(size));
  return {};
}

}  // namespace

Status check_allocation_size(size_t size) {
  if (size == 0) return Status(ACL_ERROR_INVALID_PARAM, "size is 0: ask for at least 1 byte");
  if (size <= kMaxSize) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("size {} is more than any memory holds", size));
}

Result<void*> allocate_device(const Context& context, size_t size) {
  return allocate_device(context.device(), size);
}

Result<void*> allocate_device(const Device& device, size_t size) {
  POACL_RETURN_IF_ERROR(check_allocation_size(size));
  BlockCache& cache = block_cache(device.id());
  if (void* block = cache.allocate(size, allocation_capacity(size))) return block;
  const uint64_t used = cache.used();
  if (allocation_capacity(size) > cache.limit() - std::min(used, cache.limit())) {
    return Status(
        ACL_ERROR_RT_MEMORY_ALLOCATION,
        fmt::format("device {} ({}) has no room for {} bytes (a block of {}): {} of its {} "
                    "bytes are in use; free some with acl.rt.free",
                    device.id(), device.profile().name, size, allocation_capacity(size), used,
                    cache.limit()));
  }
  return Status(ACL_ERROR_RT_MEMORY_ALLOCATION,
                fmt::format("the system has no room for {} bytes of device memory", size));
}

Result<void*> allocate_host(size_t size) {
  POACL_RETURN_IF_ERROR(check_allocation_size(size));
  // The system would lend addresses for more, and end the process when they are used.
  if (const uint64_t present = machine_memory(); size > present) {
    return Status(ACL_ERROR_RT_MEMORY_ALLOCATION,
                  fmt::format("{} bytes of host memory are more than the {} bytes of memory and "
                              "swap that this machine has",
                              size, present));
  }
  if (void* block = block_cache(-1).allocate(size, allocation_capacity(size))) return block;
  return Status(ACL_ERROR_RT_MEMORY_ALLOCATION,
                fmt::format("the system has no room for {} bytes of host memory", size));
}

Status free_device(void* pointer) {
  return release(pointer, MemoryKind::kDevice);
}
Status free_host(void* pointer) {
  return release(pointer, MemoryKind::kHost);
}

std::optional<Allocation> find_allocation(const void* address) noexcept {
  const Span* span = page_map().find(address);
  if (span == nullptr) return std::nullopt;
  const size_t offset = static_cast<size_t>(static_cast<const char*>(address) - span->base);
  const size_t index = offset / span->block_bytes;
  if (index >= span->blocks) return std::nullopt;
  const int device = span->owner.load()->device();
  const size_t size = span->requested.load()[index].load(std::memory_order_acquire);
  const SpanKind kind = span->kind;
  const size_t capacity = kind == SpanKind::kBlocks ? allocation_capacity(size) : size;
  return Allocation{device < 0 ? MemoryKind::kHost : MemoryKind::kDevice,
                    device,
                    span->base + index * span->block_bytes,
                    size,
                    size == 0 ? 0 : capacity,
                    kind};
}

MemoryInfo memory_info(const Context& context) {
  const BlockCache& cache = block_cache(context.device().id());
  const uint64_t used = std::min(cache.used(), cache.limit());
  return {static_cast<size_t>(cache.limit() - used), static_cast<size_t>(cache.limit())};
}

MemoryUse memory_use(int device) {
  BlockCache& cache = block_cache(device);
  return {cache.live_blocks(), cache.used(), cache.peak()};
}

}  // namespace poacl::runtime
