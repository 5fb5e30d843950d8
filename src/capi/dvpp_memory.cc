// Memory for pictures (spec: media-memory section 1): device memory like any other, so every copy,
// every model and every picture call takes it.
#include "acl/acl_rt.h"
#include "acl/ops/acl_dvpp.h"
#include "capi/entry.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError acldvppMalloc(void** devPtr, size_t size) {
  return entry("acldvppMalloc", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    POACL_RETURN_IF_ERROR(runtime::check_allocation_size(size));
    POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
    POACL_ASSIGN_OR_RETURN(*devPtr, runtime::allocate_device(*context, size));
    return {};
  });
}

aclError acldvppMallocWithCfg(void** devPtr, size_t size, aclrtMemMallocPolicy policy,
                              aclrtMallocConfig* cfg) {
  return aclrtMallocWithCfg(devPtr, size, policy, cfg);
}

aclError acldvppFree(void* devPtr) {
  return entry("acldvppFree", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    return runtime::free_device(devPtr);
  });
}
