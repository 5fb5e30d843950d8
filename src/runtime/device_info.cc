#include "runtime/device_info.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "base/config.h"
#include "base/fork_locks.h"
#include "base/futex.h"
#include "base/usage_reader.h"
#include "runtime/runtime.h"
#include "runtime/state.h"

namespace poacl::runtime {
namespace {

// A load over a shorter time says nothing.
constexpr int64_t kShortestSampleNs = 10'000'000;

struct LoadSample {
  ForkSafeMutex mutex;
  std::vector<ProcessUsage> processes;
  int64_t time_ns = 0;
  std::array<int32_t, kUsageDevices> percent{};
};

LoadSample& load_sample() {
  static auto* const sample = new LoadSample;
  return *sample;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const LoadSample& load_sample_made_early = load_sample();

Status same_device(int32_t device) {
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("device {} and its peer are the same: name two devices", device));
}

// Both devices, which differ.
Status check_pair(int32_t device, int32_t peer) {
  if (device == peer) return same_device(device);
  POACL_RETURN_IF_ERROR(find_device(device).status());
  return find_device(peer).status();
}

Result<Device*> this_device() {
  POACL_ASSIGN_OR_RETURN(const auto context, current_context());
  return &context->device();
}

Result<int64_t> not_here(int attribute) {
  return Status(
      ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
      fmt::format("attribute {} describes parts that this device does not have", attribute));
}

Result<size_t> limit_index(int limit) {
  const auto index = static_cast<size_t>(limit);
  if (limit >= 0 && index < Device{0, 0, *config().soc}.limits.size()) return index;
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("device limit {} is unknown: pass 0 to 4", limit));
}

}  // namespace

Result<int64_t> device_attribute(int32_t id, int attribute) {
  POACL_ASSIGN_OR_RETURN(const auto device, find_device(id));
  const SocProfile& soc = device->profile();
  switch (attribute) {
    case ACL_DEV_ATTR_AICPU_CORE_NUM:
      return int64_t{soc.ai_cpus};
    case ACL_DEV_ATTR_AICORE_CORE_NUM:
    case ACL_DEV_ATTR_CUBE_CORE_NUM:
      return int64_t{soc.ai_cores};
    case ACL_DEV_ATTR_VECTOR_CORE_NUM:
      return int64_t{soc.vector_cores};
    case ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE:
      return static_cast<int64_t>(soc.memory_bytes);
    case ACL_DEV_ATTR_L2_CACHE_SIZE:
      return static_cast<int64_t>(soc.l2_bytes);
    case ACL_DEV_ATTR_PHY_CHIP_ID:
      return int64_t{device->physical_id()};
    case ACL_DEV_ATTR_SMP_ID:
    case ACL_DEV_ATTR_CUST_OP_PRIVILEGE:
    case ACL_DEV_ATTR_HD_CONNECT_TYPE:  // 0: PCIe
      return int64_t{0};
    case ACL_DEV_ATTR_IS_VIRTUAL:
      return int64_t{1};
    case ACL_DEV_ATTR_WARP_SIZE:
    case ACL_DEV_ATTR_MAX_THREAD_PER_VECTOR_CORE:
    case ACL_DEV_ATTR_UBUF_PER_VECTOR_CORE:
    case ACL_DEV_ATTR_MAX_GRID_DIM_X:
    case ACL_DEV_ATTR_MAX_GRID_DIM_Y:
    case ACL_DEV_ATTR_MAX_GRID_DIM_Z:
    case ACL_DEV_ATTR_MAX_BLOCK_PER_GRID:
    case ACL_DEV_ATTR_MAX_THREADS_PER_BLOCK:
    case ACL_DEV_ATTR_MAX_BLOCK_DIM_X:
    case ACL_DEV_ATTR_MAX_BLOCK_DIM_Y:
    case ACL_DEV_ATTR_MAX_BLOCK_DIM_Z:
    case ACL_DEV_ATTR_SUPER_POD_DEVICE_ID:
    case ACL_DEV_ATTR_SUPER_POD_SERVER_ID:
    case ACL_DEV_ATTR_SUPER_POD_ID:
    case ACL_DEV_ATTR_MAINBOARD_ID:
    case ACL_DEV_ATTR_DEVICE_FORM_FACTOR:
    case ACL_DEV_ATTR_NPU_ARCH:
      return not_here(attribute);
    default:
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("device attribute {} is unknown", attribute));
  }
}

Result<int32_t> device_feature(int32_t id, int feature) {
  POACL_RETURN_IF_ERROR(find_device(id).status());
  if (feature == ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV ||
      feature == ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV) {
    return ACL_DEV_FEATURE_NOT_SUPPORT;
  }
  return Status(ACL_ERROR_RT_PARAM_INVALID,
                fmt::format("device feature {} is unknown: pass 1 (update of tasks) or 21 (queue "
                            "events across devices)",
                            feature));
}

Result<int64_t> device_number(int32_t id, int which) {
  POACL_ASSIGN_OR_RETURN(const auto device, find_device(id));
  switch (which) {
    case ACL_DEVICE_INFO_AI_CORE_NUM:
      return int64_t{device->profile().ai_cores};
    case ACL_DEVICE_INFO_VECTOR_CORE_NUM:
      return int64_t{device->profile().vector_cores};
    case ACL_DEVICE_INFO_L2_SIZE:
      return static_cast<int64_t>(device->profile().l2_bytes);
    default:
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("device information {} is unknown: pass 0 (AI cores), 1 (vector "
                                "cores) or 2 (bytes of L2 cache)",
                                which));
  }
}

Result<std::array<char, 16>> device_uuid(int32_t id) {
  POACL_ASSIGN_OR_RETURN(const auto device, find_device(id));
  std::array<char, 16> uuid = {'p', 'o', 'a', 'c', 'l'};
  uuid[15] = static_cast<char>(device->physical_id());
  return uuid;
}

Result<std::string> pci_bus_id(int32_t id) {
  POACL_ASSIGN_OR_RETURN(const auto device, find_device(id));
  return fmt::format("0000:{:02X}:00.0", device->physical_id() + 1);
}

Result<int32_t> device_of_pci_bus_id(const std::string& text) {
  for (const auto& device : state().devices) {
    const auto known = pci_bus_id(device->id());
    if (known.ok() && std::equal(text.begin(), text.end(), known->begin(), known->end(),
                                 [](char a, char b) { return std::toupper(a) == b; })) {
      return device->id();
    }
  }
  return Status(
      ACL_ERROR_RT_PARAM_INVALID,
      fmt::format("no visible device is at PCI bus '{}'; device 0 would be 0000:01:00.0", text));
}

Result<uint64_t> topology(int32_t device, int32_t other) {
  POACL_RETURN_IF_ERROR(find_device(device).status());
  POACL_RETURN_IF_ERROR(find_device(other).status());
  return uint64_t{ACL_RT_DEVS_TOPOLOGY_PIX};
}

Result<int32_t> physical_of_user(int32_t user) {
  POACL_ASSIGN_OR_RETURN(const auto device, find_device(user));
  return device->physical_id();
}

Result<int32_t> user_of_physical(int32_t physical) {
  for (const auto& device : state().devices) {
    if (device->physical_id() == physical) return device->id();
  }
  POACL_RETURN_IF_ERROR(device_count().status());
  return Status(ACL_ERROR_RT_INVALID_DEVICEID,
                fmt::format("physical device {} is not visible to this process "
                            "(ASCEND_RT_VISIBLE_DEVICES names those that are, POACL_DEVICES says "
                            "how many there are)",
                            physical));
}

Result<int32_t> device_load_percent(int32_t id) {
  POACL_ASSIGN_OR_RETURN(const auto device, find_device(id));
  LoadSample& sample = load_sample();
  {
    std::lock_guard lock(sample.mutex);
    const auto physical = static_cast<size_t>(device->physical_id());
    if (monotonic_ns() - sample.time_ns < kShortestSampleNs) return sample.percent[physical];
  }
  std::vector<ProcessUsage> now = live_processes();
  const int64_t time = monotonic_ns();
  std::lock_guard lock(sample.mutex);
  if (sample.time_ns != 0) {
    for (int i = 0; i < kUsageDevices; ++i) {
      sample.percent[static_cast<size_t>(i)] =
          device_load(sample.processes, now, i, time - sample.time_ns);
    }
  }
  sample.processes = std::move(now);
  sample.time_ns = time;
  return sample.percent[static_cast<size_t>(device->physical_id())];
}

Result<int32_t> can_access_peer(int32_t device, int32_t peer) {
  POACL_RETURN_IF_ERROR(check_pair(device, peer));
  return 1;
}

Status enable_peer(int32_t peer) {
  POACL_ASSIGN_OR_RETURN(Device* const device, this_device());
  POACL_RETURN_IF_ERROR(check_pair(device->id(), peer));
  device->peers.fetch_or(uint64_t{1} << peer);
  return {};
}

Status disable_peer(int32_t peer) {
  POACL_ASSIGN_OR_RETURN(Device* const device, this_device());
  POACL_RETURN_IF_ERROR(check_pair(device->id(), peer));
  const uint64_t bit = uint64_t{1} << peer;
  if ((device->peers.fetch_and(~bit) & bit) != 0) return {};
  return Status(ACL_ERROR_RT_PARAM_INVALID,
                fmt::format("device {} has no access to device {} to give up: call "
                            "acl.rt.device_enable_peer_access({}, 0) first",
                            device->id(), peer, peer));
}

Result<int32_t> peer_status(int32_t id, int32_t peer) {
  POACL_ASSIGN_OR_RETURN(const auto device, find_device(id));
  POACL_RETURN_IF_ERROR(find_device(peer).status());
  return static_cast<int32_t>(device->peers.load() >> peer & 1);
}

Status set_limit(int limit, uint64_t value) {
  POACL_ASSIGN_OR_RETURN(const size_t index, limit_index(limit));
  POACL_ASSIGN_OR_RETURN(Device* const device, this_device());
  device->limits[index].store(value);
  return {};
}

Result<uint64_t> get_limit(int limit) {
  POACL_ASSIGN_OR_RETURN(const size_t index, limit_index(limit));
  POACL_ASSIGN_OR_RETURN(Device* const device, this_device());
  return device->limits[index].load();
}

}  // namespace poacl::runtime
