#include "runtime/physical_memory.h"

#include <unistd.h>

#include <map>
#include <mutex>

#include <fmt/format.h>

#include "base/config.h"
#include "base/fork_locks.h"
#include "base/handle_table.h"
#include "runtime/block_cache.h"
#include "runtime/device.h"
#include "runtime/memory.h"

namespace poacl::runtime {
namespace {

constexpr size_t kHuge = 2u << 20;
constexpr size_t kHuge1G = 1u << 30;

// Not part of State: memory outlives devices.
struct Tables {
  HandleTable<PhysicalMemory> handles;
  ForkSafeMutex mutex;
  std::map<uint64_t, std::weak_ptr<PhysicalMemory>> exported;
};

Tables& tables() {
  static auto* const all = new Tables;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Tables& tables_made_early = tables();

Status bad(std::string sentence) {
  return Status(ACL_ERROR_RT_PARAM_INVALID, std::move(sentence));
}

// Process number, descriptor and token in one number, as the API wants it.
uint64_t pack(const SegmentName& name) {
  return static_cast<uint64_t>(name.pid) << 42 | static_cast<uint64_t>(name.descriptor) << 22 |
         name.token;
}

SegmentName unpack(uint64_t number) {
  return {static_cast<pid_t>(number >> 42), static_cast<int>(number >> 22 & 0xfffff),
          static_cast<uint32_t>(number & 0x3fffff)};
}

bool has_1g_pages(aclrtMemAttr attr) {
  return attr == ACL_MEM_HUGE1G || attr == ACL_MEM_P2P_HUGE1G || attr == ACL_HBM_MEM_HUGE1G ||
         attr == ACL_HBM_MEM_P2P_HUGE1G;
}

Result<int> device_of(const aclrtPhysicalMemProp& properties) {
  if (properties.location.type == ACL_MEM_LOCATION_TYPE_DEVICE) {
    const auto id = static_cast<int32_t>(properties.location.id);
    POACL_RETURN_IF_ERROR(find_device(id).status());
    return id;
  }
  return -1;
}

}  // namespace

PhysicalMemory::PhysicalMemory(std::shared_ptr<SharedSegment> segment, size_t bytes,
                               const aclrtPhysicalMemProp& properties, int device, bool charged)
    : segment_(std::move(segment)),
      bytes_(bytes),
      properties_(properties),
      device_(device),
      charged_(charged) {}

PhysicalMemory::~PhysicalMemory() {
  if (charged_) block_cache(device_).give_back(bytes_);
}

Result<size_t> allocation_granularity(const aclrtPhysicalMemProp& properties) {
  const int type = properties.location.type;
  if (type != ACL_MEM_LOCATION_TYPE_HOST && type != ACL_MEM_LOCATION_TYPE_DEVICE) {
    return bad(fmt::format("location type {} is not allowed: pass 0 (host) or 1 (device)", type));
  }
  if (properties.allocationType != ACL_MEM_ALLOCATION_TYPE_PINNED) {
    return bad(fmt::format("allocation type {} is not allowed: pass 0 (pinned)",
                           static_cast<int>(properties.allocationType)));
  }
  const int attr = properties.memAttr;
  if (attr < ACL_DDR_MEM || attr > ACL_MEM_P2P_HUGE1G) {
    return bad(fmt::format("memory attribute {} is unknown: pass one of 0 to {}", attr,
                           static_cast<int>(ACL_MEM_P2P_HUGE1G)));
  }
  POACL_RETURN_IF_ERROR(device_of(properties).status());
  return has_1g_pages(properties.memAttr) ? kHuge1G : kHuge;
}

Result<void*> allocate_physical(size_t bytes, const aclrtPhysicalMemProp& properties) {
  if (bytes == 0) return bad("size is 0: ask for at least one granule");
  POACL_RETURN_IF_ERROR(check_allocation_size(bytes));
  POACL_RETURN_IF_ERROR(allocation_granularity(properties).status());
  POACL_ASSIGN_OR_RETURN(const int device, device_of(properties));
  BlockCache& cache = block_cache(device);
  if (!cache.reserve(bytes)) {
    return Status(ACL_ERROR_RT_MEMORY_ALLOCATION,
                  fmt::format("device {} has no room for {} bytes of physical memory: {} of its {} "
                              "bytes are in use",
                              device, bytes, cache.used(), cache.limit()));
  }
  const int physical = device < 0 ? -1 : config().visible_devices[static_cast<size_t>(device)];
  auto segment = SharedSegment::create(bytes, physical);
  if (!segment.ok()) {
    cache.give_back(bytes);
    return segment.status();
  }
  auto memory = std::make_shared<PhysicalMemory>(*segment, bytes, properties, device, true);
  void* const handle = tables().handles.insert(memory);
  memory->handle = handle;
  return handle;
}

Result<std::shared_ptr<PhysicalMemory>> find_physical(void* handle) {
  if (auto memory = tables().handles.get(handle)) return memory;
  return bad(
      fmt::format("{} is no physical memory that is alive: it was freed, or is not from "
                  "acl.rt.malloc_physical or acl.rt.mem_import_from_shareable_handle",
                  handle));
}

Status free_physical(void* handle) {
  if (tables().handles.remove(handle)) return {};
  return find_physical(handle).status();
}

Result<uint64_t> export_physical(void* handle, bool checks_pids) {
  POACL_ASSIGN_OR_RETURN(const auto memory, find_physical(handle));
  if (memory->segment().name().pid != getpid()) {
    return bad(
        fmt::format("physical memory {} is imported from process {}: only the process that "
                    "made it can export it",
                    handle, memory->segment().name().pid));
  }
  if (memory->exported.exchange(true)) {
    return bad(
        fmt::format("physical memory {} was exported before: use the shareable handle that "
                    "came out then, one memory has one",
                    handle));
  }
  const SegmentName name = memory->segment().name();
  if (name.descriptor > 0xfffff) return bad("the process has too many files open to share memory");
  memory->segment().set_checks_pids(checks_pids);
  const uint64_t number = pack(name);
  std::lock_guard lock(tables().mutex);
  tables().exported[number] = memory;
  return number;
}

Status allow_import(uint64_t shareable, std::span<const int32_t> pids) {
  std::shared_ptr<PhysicalMemory> memory;
  {
    std::lock_guard lock(tables().mutex);
    const auto it = tables().exported.find(shareable);
    if (it != tables().exported.end()) memory = it->second.lock();
  }
  if (memory) return memory->segment().allow(pids);
  return bad(fmt::format("{:#x} is no shareable handle that this process exported and still has",
                         shareable));
}

Result<void*> import_physical(uint64_t shareable, int32_t device) {
  POACL_RETURN_IF_ERROR(find_device(device).status());
  const SegmentName name = unpack(shareable);
  if (name.pid == getpid()) {
    return bad(
        fmt::format("{:#x} was exported by this process itself: a shareable handle is for "
                    "other processes",
                    shareable));
  }
  POACL_ASSIGN_OR_RETURN(auto segment, SharedSegment::open(name));
  aclrtPhysicalMemProp properties{};
  properties.location = {static_cast<uint32_t>(device), ACL_MEM_LOCATION_TYPE_DEVICE};
  properties.memAttr = ACL_HBM_MEM_HUGE;
  const size_t bytes = segment->bytes();
  auto memory =
      std::make_shared<PhysicalMemory>(std::move(segment), bytes, properties, device, false);
  void* const handle = tables().handles.insert(memory);
  memory->handle = handle;
  return handle;
}

}  // namespace poacl::runtime
