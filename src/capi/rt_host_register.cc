// Host memory of the program's own, made known to the devices.
#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/device.h"
#include "runtime/host_register.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

constexpr uint32_t kKnownFlags =
    ACL_HOST_REG_MAPPED | ACL_HOST_REG_IOMEMORY | ACL_HOST_REG_READONLY | ACL_HOST_REG_PINNED;

}  // namespace

aclError aclrtHostRegister(void* ptr, uint64_t size, aclrtHostRegisterType type, void** devPtr) {
  return entry("aclrtHostRegister", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ptr);
    POACL_CHECK_NOT_NULL(devPtr);
    if (type != ACL_HOST_REGISTER_MAPPED && type != ACL_HOST_REGISTER_IOMEMORY &&
        type != ACL_HOST_REGISTER_READONLY) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("type {} is unknown: pass 0 (mapped), 4 (I/O memory) or 8 (read "
                                "only)",
                                static_cast<int>(type)));
    }
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    POACL_RETURN_IF_ERROR(
        runtime::register_host(ptr, size, ACL_HOST_REG_MAPPED | static_cast<uint32_t>(type)));
    *devPtr = ptr;
    return {};
  });
}

aclError aclrtHostRegisterV2(void* ptr, uint64_t size, uint32_t flag) {
  return entry("aclrtHostRegisterV2", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ptr);
    if (flag == 0 || (flag & ~kKnownFlags) != 0) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("flag {:#x} is not allowed: pass 2 (mapped), 4 (I/O memory), 8 "
                                "(read only), 0x10000000 (pinned), or several of them",
                                flag));
    }
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    return runtime::register_host(ptr, size, flag);
  });
}

aclError aclrtHostUnregister(void* ptr) {
  return entry("aclrtHostUnregister", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ptr);
    return runtime::unregister_host(ptr);
  });
}

aclError aclrtHostGetDevicePointer(void* pHost, void** pDevice, uint32_t flag) {
  return entry("aclrtHostGetDevicePointer", [&]() -> Status {
    POACL_CHECK_NOT_NULL(pHost);
    POACL_CHECK_NOT_NULL(pDevice);
    if (flag != 0) {
      return Status(ACL_ERROR_INVALID_PARAM, fmt::format("flag {} is reserved: pass 0", flag));
    }
    POACL_ASSIGN_OR_RETURN(*pDevice, runtime::device_pointer(pHost));
    return {};
  });
}

aclError aclrtHostMemMapCapabilities(uint32_t deviceId, aclrtHacType hacType,
                                     aclrtHostMemMapCapability* capabilities) {
  return entry("aclrtHostMemMapCapabilities", [&]() -> Status {
    POACL_CHECK_NOT_NULL(capabilities);
    POACL_RETURN_IF_ERROR(runtime::find_device(static_cast<int32_t>(deviceId)).status());
    if (hacType < ACL_RT_HAC_TYPE_STARS || hacType > ACL_RT_HAC_TYPE_CCU) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("part {} of a device is unknown: pass 0 to {}",
                                static_cast<int>(hacType), static_cast<int>(ACL_RT_HAC_TYPE_CCU)));
    }
    // All parts of these devices run on the host.
    *capabilities = ACL_RT_HOST_MEM_MAP_SUPPORTED;
    return {};
  });
}
