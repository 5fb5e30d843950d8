// Modes, health, load and peers of devices.
#include <unistd.h>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/device_info.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtSetDeviceSatMode(aclrtFloatOverflowMode mode) {
  return entry("aclrtSetDeviceSatMode", [&]() -> Status {
    if (mode != ACL_RT_OVERFLOW_MODE_SATURATION && mode != ACL_RT_OVERFLOW_MODE_INFNAN) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("mode {} is unknown: pass 0 (saturate) or 1 (infinity and NaN)",
                                static_cast<int>(mode)));
    }
    POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
    context->device().overflow_mode.store(mode);
    return {};
  });
}

aclError aclrtGetDeviceSatMode(aclrtFloatOverflowMode* mode) {
  return entry("aclrtGetDeviceSatMode", [&]() -> Status {
    POACL_CHECK_NOT_NULL(mode);
    POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
    *mode = static_cast<aclrtFloatOverflowMode>(context->device().overflow_mode.load());
    return {};
  });
}

// These devices have one task scheduler, which serves both kinds of cores.
aclError aclrtSetTsDevice(aclrtTsId tsId) {
  return entry("aclrtSetTsDevice", [&]() -> Status {
    if (tsId == ACL_TS_ID_AICORE || tsId == ACL_TS_ID_AIVECTOR) return {};
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("task scheduler {} is unknown: pass 0 (AI core) or 1 (vector core)",
                              static_cast<int>(tsId)));
  });
}

aclError aclrtQueryDeviceStatus(int32_t deviceId, aclrtDeviceStatus* deviceStatus) {
  return entry("aclrtQueryDeviceStatus", [&]() -> Status {
    POACL_CHECK_NOT_NULL(deviceStatus);
    POACL_RETURN_IF_ERROR(runtime::find_device(deviceId).status());
    // What runs on the host's processor is well as long as anybody can ask.
    *deviceStatus = ACL_RT_DEVICE_STATUS_NORMAL;
    return {};
  });
}

aclError aclrtGetDeviceUtilizationRate(int32_t deviceId, aclrtUtilizationInfo* utilizationInfo) {
  return entry("aclrtGetDeviceUtilizationRate", [&]() -> Status {
    POACL_CHECK_NOT_NULL(utilizationInfo);
    if (utilizationInfo->utilizationExtend != nullptr) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    "utilizationExtend is reserved: set it to null before the call");
    }
    POACL_ASSIGN_OR_RETURN(const auto device, runtime::find_device(deviceId));
    POACL_ASSIGN_OR_RETURN(const int32_t load, runtime::device_load_percent(deviceId));
    utilizationInfo->cubeUtilization = load;
    // One pool of threads does the work of both kinds of cores.
    utilizationInfo->vectorUtilization = device->profile().vector_cores == 0 ? -1 : load;
    utilizationInfo->aicpuUtilization = -1;
    utilizationInfo->memoryUtilization = -1;
    return {};
  });
}

aclError aclrtDeviceGetBareTgid(int32_t* pid) {
  return entry("aclrtDeviceGetBareTgid", [&]() -> Status {
    POACL_CHECK_NOT_NULL(pid);
    *pid = getpid();
    return {};
  });
}

aclError aclrtDeviceCanAccessPeer(int32_t* canAccessPeer, int32_t deviceId, int32_t peerDeviceId) {
  return entry("aclrtDeviceCanAccessPeer", [&]() -> Status {
    POACL_CHECK_NOT_NULL(canAccessPeer);
    POACL_ASSIGN_OR_RETURN(*canAccessPeer, runtime::can_access_peer(deviceId, peerDeviceId));
    return {};
  });
}

aclError aclrtDeviceEnablePeerAccess(int32_t peerDeviceId, uint32_t flags) {
  return entry("aclrtDeviceEnablePeerAccess", [&]() -> Status {
    if (flags != 0) {
      return Status(ACL_ERROR_FEATURE_UNSUPPORTED,
                    fmt::format("flags {} are reserved: pass 0", flags));
    }
    return runtime::enable_peer(peerDeviceId);
  });
}

aclError aclrtDeviceDisablePeerAccess(int32_t peerDeviceId) {
  return entry("aclrtDeviceDisablePeerAccess", [&] { return runtime::disable_peer(peerDeviceId); });
}

aclError aclrtDevicePeerAccessStatus(int32_t deviceId, int32_t peerDeviceId, int32_t* status) {
  return entry("aclrtDevicePeerAccessStatus", [&]() -> Status {
    POACL_CHECK_NOT_NULL(status);
    POACL_ASSIGN_OR_RETURN(*status, runtime::peer_status(deviceId, peerDeviceId));
    return {};
  });
}
