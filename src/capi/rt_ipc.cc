// Device memory shared with other processes by keys.
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/ipc_memory.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtIpcMemGetExportKey(void* devPtr, size_t size, char* key, size_t len, uint64_t flags) {
  return entry("aclrtIpcMemGetExportKey", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    POACL_CHECK_NOT_NULL(key);
    if (len < runtime::kIpcKeyBytes) {
      return Status(ACL_ERROR_INVALID_PARAM, fmt::format("len {} is too short for a key: pass {}",
                                                         len, runtime::kIpcKeyBytes));
    }
    if (flags > ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION) {
      return Status(
          ACL_ERROR_RT_PARAM_INVALID,
          fmt::format("flags {} are unknown: pass 0, or 1 to let every process import", flags));
    }
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    POACL_ASSIGN_OR_RETURN(const std::string text, runtime::export_block(devPtr, size, flags == 0));
    std::memcpy(key, text.c_str(), text.size() + 1);
    return {};
  });
}

aclError aclrtIpcMemSetImportPid(const char* key, int32_t* pid, size_t num) {
  return entry("aclrtIpcMemSetImportPid", [&]() -> Status {
    POACL_CHECK_NOT_NULL(key);
    POACL_CHECK_NOT_NULL(pid);
    if (num == 0) {
      return Status(ACL_ERROR_RT_PARAM_INVALID, "num is 0: name at least one process");
    }
    return runtime::allow_import_by_key(key, {pid, num});
  });
}

aclError aclrtIpcMemImportByKey(void** devPtr, const char* key, uint64_t flags) {
  return entry("aclrtIpcMemImportByKey", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    POACL_CHECK_NOT_NULL(key);
    if (flags > ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS) {
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("flags {} are unknown: pass 0, or 1 to enable peer access", flags));
    }
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    POACL_ASSIGN_OR_RETURN(*devPtr, runtime::import_by_key(key));
    return {};
  });
}

// There is one link.
aclError aclrtIpcMemSetAttr(const char* key, aclrtIpcMemAttrType type, uint64_t attr) {
  return entry("aclrtIpcMemSetAttr", [&]() -> Status {
    POACL_CHECK_NOT_NULL(key);
    if (type == ACL_RT_IPC_MEM_ATTR_ACCESS_LINK &&
        attr <= ACL_RT_IPC_MEM_ATTR_ACCESS_LINK_UB_MULTI_PORT_PATH) {
      return {};
    }
    return Status(
        ACL_ERROR_RT_PARAM_INVALID,
        fmt::format("attribute {} of type {} is unknown: pass type 0 and a link of 0 to 3", attr,
                    static_cast<int>(type)));
  });
}

aclError aclrtIpcMemClose(const char* key) {
  return entry("aclrtIpcMemClose", [&]() -> Status {
    POACL_CHECK_NOT_NULL(key);
    return runtime::close_key(key);
  });
}
