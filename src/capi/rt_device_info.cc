// What can be asked about devices, and their limits.
#include "runtime/device_info.h"

#include <cstring>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "base/config.h"
#include "capi/entry.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/resource_limits.h"

#include "runtime/runtime.h"
#include "runtime/stream_limits.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

constexpr int32_t kLeastPriority = 7;
constexpr int32_t kGreatestPriority = 0;

}  // namespace

aclError aclrtGetDeviceInfo(uint32_t deviceId, aclrtDevAttr attr, int64_t* value) {
  return entry("aclrtGetDeviceInfo", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(*value, runtime::device_attribute(static_cast<int32_t>(deviceId), attr));
    return {};
  });
}

aclError aclrtGetDeviceCapability(int32_t deviceId, aclrtDevFeatureType devFeatureType,
                                  int32_t* value) {
  return entry("aclrtGetDeviceCapability", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(*value, runtime::device_feature(deviceId, devFeatureType));
    return {};
  });
}

aclError aclrtDeviceGetStreamPriorityRange(int32_t* leastPriority, int32_t* greatestPriority) {
  return entry("aclrtDeviceGetStreamPriorityRange", [&]() -> Status {
    POACL_CHECK_NOT_NULL(leastPriority);
    POACL_CHECK_NOT_NULL(greatestPriority);
    *leastPriority = kLeastPriority;
    *greatestPriority = kGreatestPriority;
    return {};
  });
}

aclError aclrtDeviceGetUuid(int32_t deviceId, aclrtUuid* uuid) {
  return entry("aclrtDeviceGetUuid", [&]() -> Status {
    POACL_CHECK_NOT_NULL(uuid);
    POACL_ASSIGN_OR_RETURN(const auto bytes, runtime::device_uuid(deviceId));
    std::memcpy(uuid->bytes, bytes.data(), sizeof(uuid->bytes));
    return {};
  });
}

aclError aclrtDeviceGetPCIBusId(int32_t deviceId, char* pciBusId, int32_t len) {
  return entry("aclrtDeviceGetPCIBusId", [&]() -> Status {
    POACL_CHECK_NOT_NULL(pciBusId);
    POACL_ASSIGN_OR_RETURN(const std::string text, runtime::pci_bus_id(deviceId));
    if (len < 0 || static_cast<size_t>(len) <= text.size()) {
      return Status(
          ACL_ERROR_RT_PARAM_INVALID,
          fmt::format("len {} is too short for '{}': pass {} or more", len, text, text.size() + 1));
    }
    std::memcpy(pciBusId, text.c_str(), text.size() + 1);
    return {};
  });
}

aclError aclrtDeviceGetByPCIBusId(const char* pciBusId, int32_t* deviceId) {
  return entry("aclrtDeviceGetByPCIBusId", [&]() -> Status {
    POACL_CHECK_NOT_NULL(pciBusId);
    POACL_CHECK_NOT_NULL(deviceId);
    POACL_ASSIGN_OR_RETURN(*deviceId, runtime::device_of_pci_bus_id(pciBusId));
    return {};
  });
}

aclError aclrtGetDevicesTopo(uint32_t deviceId, uint32_t otherDeviceId, uint64_t* value) {
  return entry("aclrtGetDevicesTopo", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(*value, runtime::topology(static_cast<int32_t>(deviceId),
                                                     static_cast<int32_t>(otherDeviceId)));
    return {};
  });
}

aclError aclrtDeviceSetLimit(aclrtDeviceLimit limit, size_t value) {
  return entry("aclrtDeviceSetLimit", [&] { return runtime::set_limit(limit, value); });
}

aclError aclrtDeviceGetLimit(aclrtDeviceLimit limit, size_t* value) {
  return entry("aclrtDeviceGetLimit", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(*value, runtime::get_limit(limit));
    return {};
  });
}

aclError aclrtGetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type, uint32_t* value) {
  return entry("aclrtGetDeviceResLimit", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(*value, runtime::device_core_limit(deviceId, type));
    return {};
  });
}

aclError aclrtSetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type, uint32_t value) {
  return entry("aclrtSetDeviceResLimit",
               [&] { return runtime::set_device_core_limit(deviceId, type, value); });
}

aclError aclrtResetDeviceResLimit(int32_t deviceId) {
  return entry("aclrtResetDeviceResLimit",
               [&] { return runtime::reset_device_core_limits(deviceId); });
}

aclError aclrtGetResInCurrentThread(aclrtDevResLimitType type, uint32_t* value) {
  return entry("aclrtGetResInCurrentThread", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(*value, runtime::thread_core_limit(type));
    return {};
  });
}

// The cache of these devices is that of the host, which keeps itself up to date.
aclError aclrtDeviceL2CacheFlush(void* rsv) {
  return entry("aclrtDeviceL2CacheFlush", [&]() -> Status {
    if (rsv != nullptr) {
      return Status(ACL_ERROR_RT_PARAM_INVALID, "rsv is reserved: pass a null pointer");
    }
    return runtime::current_context().status();
  });
}

aclError aclrtCheckArchCompatibility(const char* socVersion, int32_t* canCompatible) {
  return entry("aclrtCheckArchCompatibility", [&]() -> Status {
    POACL_CHECK_NOT_NULL(socVersion);
    POACL_CHECK_NOT_NULL(canCompatible);
    const poacl::SocProfile* asked = poacl::find_soc_profile(socVersion);
    if (asked == nullptr) {
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("'{}' is not a known chip: name one of {}", socVersion,
                                poacl::soc_profile_names()));
    }
    *canCompatible = asked->family == poacl::config().soc->family ? 1 : 0;
    return {};
  });
}
