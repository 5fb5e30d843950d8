#include "acl/acl_rt.h"
#include "base/config.h"
#include "capi/entry.h"
#include "runtime/device.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtSetDevice(int32_t deviceId) {
  return entry("aclrtSetDevice", [&] { return runtime::set_device(deviceId); });
}

aclError aclrtResetDevice(int32_t deviceId) {
  return entry("aclrtResetDevice", [&] { return runtime::reset_device(deviceId); });
}

aclError aclrtResetDeviceForce(int32_t deviceId) {
  return entry("aclrtResetDeviceForce", [&] { return runtime::reset_device_force(deviceId); });
}

aclError aclrtGetDevice(int32_t* deviceId) {
  return entry("aclrtGetDevice", [&]() -> Status {
    POACL_CHECK_NOT_NULL(deviceId);
    POACL_ASSIGN_OR_RETURN(*deviceId, runtime::current_device());
    return {};
  });
}

aclError aclrtGetDeviceCount(uint32_t* count) {
  return entry("aclrtGetDeviceCount", [&]() -> Status {
    POACL_CHECK_NOT_NULL(count);
    *count = 0;
    POACL_ASSIGN_OR_RETURN(*count, runtime::device_count());
    return {};
  });
}

aclError aclrtGetRunMode(aclrtRunMode* runMode) {
  return entry("aclrtGetRunMode", [&]() -> Status {
    POACL_CHECK_NOT_NULL(runMode);
    *runMode = poacl::config().soc->runs_on_device() ? ACL_DEVICE : ACL_HOST;
    return {};
  });
}

aclError aclrtSynchronizeDevice(void) {
  return entry("aclrtSynchronizeDevice", [] { return runtime::synchronize_device(); });
}

aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout) {
  return entry("aclrtSynchronizeDeviceWithTimeout", [&]() -> Status {
    int64_t nanoseconds = 0;
    POACL_RETURN_IF_ERROR(poacl::capi::timeout_from_ms(timeout, nanoseconds));
    return runtime::synchronize_device(nanoseconds);
  });
}
