// Physical memory and sharing it by handles.
#include <cstring>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/physical_memory.h"
#include "runtime/runtime.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

Status bad(std::string sentence) {
  return Status(ACL_ERROR_RT_PARAM_INVALID, std::move(sentence));
}

Status export_handle(aclrtDrvMemHandle handle, uint64_t flags, uint64_t* shareable) {
  POACL_CHECK_NOT_NULL(handle);
  POACL_CHECK_NOT_NULL(shareable);
  if (flags > ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION) {
    return bad(
        fmt::format("flags {} are unknown: pass 0, or 1 to let every process import", flags));
  }
  POACL_ASSIGN_OR_RETURN(
      *shareable,
      runtime::export_physical(handle, flags != ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
  return {};
}

// Handles of servers that are connected; this machine stands alone.
Status check_share_type(aclrtMemSharedHandleType type) {
  if (type == ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT) return {};
  if (type == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC) {
    return Status(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
                  "handles across servers (type 2) need hardware that this device does not have: "
                  "pass 1");
  }
  return bad(fmt::format("handle type {} is unknown: pass 1", static_cast<int>(type)));
}

Status allow(uint64_t shareable, const int32_t* pid, size_t count) {
  POACL_CHECK_NOT_NULL(pid);
  if (count == 0) return bad("pidNum is 0: name at least one process");
  return runtime::allow_import(shareable, {pid, count});
}

}  // namespace

aclError aclrtMallocPhysical(aclrtDrvMemHandle* handle, size_t size,
                             const aclrtPhysicalMemProp* prop, uint64_t flags) {
  return entry("aclrtMallocPhysical", [&]() -> Status {
    POACL_CHECK_NOT_NULL(handle);
    POACL_CHECK_NOT_NULL(prop);
    if (flags != 0) return bad(fmt::format("flags {} are reserved: pass 0", flags));
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    POACL_ASSIGN_OR_RETURN(*handle, runtime::allocate_physical(size, *prop));
    return {};
  });
}

aclError aclrtFreePhysical(aclrtDrvMemHandle handle) {
  return entry("aclrtFreePhysical", [&]() -> Status {
    POACL_CHECK_NOT_NULL(handle);
    return runtime::free_physical(handle);
  });
}

aclError aclrtMemGetAllocationGranularity(aclrtPhysicalMemProp* prop,
                                          aclrtMemGranularityOptions option, size_t* granularity) {
  return entry("aclrtMemGetAllocationGranularity", [&]() -> Status {
    POACL_CHECK_NOT_NULL(prop);
    POACL_CHECK_NOT_NULL(granularity);
    if (option != ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM &&
        option != ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED) {
      return bad(fmt::format("option {} is unknown: pass 0 (smallest) or 1 (recommended)",
                             static_cast<int>(option)));
    }
    POACL_ASSIGN_OR_RETURN(*granularity, runtime::allocation_granularity(*prop));
    return {};
  });
}

aclError aclrtMemGetAllocationPropertiesFromHandle(aclrtDrvMemHandle handle,
                                                   aclrtPhysicalMemProp* prop) {
  return entry("aclrtMemGetAllocationPropertiesFromHandle", [&]() -> Status {
    POACL_CHECK_NOT_NULL(handle);
    POACL_CHECK_NOT_NULL(prop);
    POACL_ASSIGN_OR_RETURN(const auto memory, runtime::find_physical(handle));
    *prop = memory->properties();
    return {};
  });
}

aclError aclrtMemExportToShareableHandle(aclrtDrvMemHandle handle, aclrtMemHandleType handleType,
                                         uint64_t flags, uint64_t* shareableHandle) {
  return entry("aclrtMemExportToShareableHandle", [&]() -> Status {
    if (handleType != ACL_MEM_HANDLE_TYPE_NONE) {
      return bad(
          fmt::format("handle type {} is not allowed: pass 0", static_cast<int>(handleType)));
    }
    return export_handle(handle, flags, shareableHandle);
  });
}

aclError aclrtMemExportToShareableHandleV2(aclrtDrvMemHandle handle, uint64_t flags,
                                           aclrtMemSharedHandleType shareType,
                                           void* shareableHandle) {
  return entry("aclrtMemExportToShareableHandleV2", [&]() -> Status {
    POACL_RETURN_IF_ERROR(check_share_type(shareType));
    return export_handle(handle, flags, static_cast<uint64_t*>(shareableHandle));
  });
}

aclError aclrtMemSetPidToShareableHandle(uint64_t shareableHandle, int32_t* pid, size_t pidNum) {
  return entry("aclrtMemSetPidToShareableHandle",
               [&] { return allow(shareableHandle, pid, pidNum); });
}

aclError aclrtMemSetPidToShareableHandleV2(void* shareableHandle,
                                           aclrtMemSharedHandleType shareType, int32_t* pid,
                                           size_t pidNum) {
  return entry("aclrtMemSetPidToShareableHandleV2", [&]() -> Status {
    POACL_CHECK_NOT_NULL(shareableHandle);
    POACL_RETURN_IF_ERROR(check_share_type(shareType));
    return allow(*static_cast<uint64_t*>(shareableHandle), pid, pidNum);
  });
}

aclError aclrtMemImportFromShareableHandle(uint64_t shareableHandle, int32_t deviceId,
                                           aclrtDrvMemHandle* handle) {
  return entry("aclrtMemImportFromShareableHandle", [&]() -> Status {
    POACL_CHECK_NOT_NULL(handle);
    POACL_ASSIGN_OR_RETURN(*handle, runtime::import_physical(shareableHandle, deviceId));
    return {};
  });
}

aclError aclrtMemImportFromShareableHandleV2(void* shareableHandle,
                                             aclrtMemSharedHandleType shareType, uint64_t flags,
                                             aclrtDrvMemHandle* handle) {
  return entry("aclrtMemImportFromShareableHandleV2", [&]() -> Status {
    POACL_CHECK_NOT_NULL(shareableHandle);
    POACL_CHECK_NOT_NULL(handle);
    POACL_RETURN_IF_ERROR(check_share_type(shareType));
    if (flags != 0) return bad(fmt::format("flags {} are reserved: pass 0", flags));
    POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
    POACL_ASSIGN_OR_RETURN(
        *handle,
        runtime::import_physical(*static_cast<uint64_t*>(shareableHandle), context->device().id()));
    return {};
  });
}
