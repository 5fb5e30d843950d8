// System parameters and the state of default contexts (spec: runtime section 3).
#include <mutex>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/runtime.h"
#include "runtime/sys_params.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtCtxSetSysParamOpt(aclSysParamOpt opt, int64_t value) {
  return entry("aclrtCtxSetSysParamOpt", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
    return context->sys_params().set(static_cast<int>(opt), value);
  });
}

aclError aclrtCtxGetSysParamOpt(aclSysParamOpt opt, int64_t* value) {
  return entry("aclrtCtxGetSysParamOpt", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
    POACL_ASSIGN_OR_RETURN(const auto found, context->sys_params().get(static_cast<int>(opt)));
    if (!found) {
      return Status(ACL_ERROR_RT_SYSPARAMOPT_NOT_SET,
                    fmt::format("system parameter {} was never set in context {}: call "
                                "acl.rt.ctx_set_sys_param_opt first",
                                static_cast<int>(opt), context->handle()));
    }
    *value = *found;
    return {};
  });
}

aclError aclrtSetSysParamOpt(aclSysParamOpt opt, int64_t value) {
  return entry("aclrtSetSysParamOpt",
               [&] { return runtime::process_sys_params().set(static_cast<int>(opt), value); });
}

aclError aclrtGetSysParamOpt(aclSysParamOpt opt, int64_t* value) {
  return entry("aclrtGetSysParamOpt", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(const auto found,
                           runtime::process_sys_params().get(static_cast<int>(opt)));
    *value = found.value_or(0);
    return {};
  });
}

aclError aclrtGetPrimaryCtxState(int32_t deviceId, uint32_t* flags, int32_t* active) {
  return entry("aclrtGetPrimaryCtxState", [&]() -> Status {
    POACL_CHECK_NOT_NULL(active);
    if (flags != nullptr) {
      return Status(ACL_ERROR_INVALID_PARAM, "flags is reserved: pass a null pointer");
    }
    POACL_ASSIGN_OR_RETURN(const auto device, runtime::find_device(deviceId));
    std::lock_guard lock(device->mutex);
    *active = device->primary != nullptr ? 1 : 0;
    return {};
  });
}
