#include "runtime/context.h"

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtCreateContext(aclrtContext* context, int32_t deviceId) {
  return entry("aclrtCreateContext", [&]() -> Status {
    POACL_CHECK_NOT_NULL(context);
    POACL_ASSIGN_OR_RETURN(const auto created, runtime::create_context(deviceId));
    *context = created->handle();
    return {};
  });
}

aclError aclrtDestroyContext(aclrtContext context) {
  return entry("aclrtDestroyContext", [&]() -> Status {
    POACL_CHECK_NOT_NULL(context);
    return runtime::destroy_context(context);
  });
}

aclError aclrtSetCurrentContext(aclrtContext context) {
  return entry("aclrtSetCurrentContext", [&]() -> Status {
    POACL_CHECK_NOT_NULL(context);
    return runtime::set_current_context(context);
  });
}

aclError aclrtGetCurrentContext(aclrtContext* context) {
  return entry("aclrtGetCurrentContext", [&]() -> Status {
    POACL_CHECK_NOT_NULL(context);
    POACL_ASSIGN_OR_RETURN(const auto current, runtime::current_context());
    *context = current->handle();
    return {};
  });
}
