// Allocation of device and host memory.
#include "runtime/memory.h"

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

Status allocate(void** devPtr, size_t size) {
  POACL_CHECK_NOT_NULL(devPtr);
  POACL_RETURN_IF_ERROR(runtime::check_allocation_size(size));
  POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
  POACL_ASSIGN_OR_RETURN(*devPtr, runtime::allocate_device(*context, size));
  return {};
}

// Caches of this device are those of the machine: nothing is to be done.
Status cache_range(void* devPtr, size_t size) {
  POACL_CHECK_NOT_NULL(devPtr);
  if (size == 0) return Status(ACL_ERROR_INVALID_PARAM, "size is 0");
  return {};
}

}  // namespace

aclError aclrtMalloc(void** devPtr, size_t size, aclrtMemMallocPolicy) {
  return entry("aclrtMalloc", [&] { return allocate(devPtr, size); });
}

// The same as aclrtMalloc: 32 bytes more than this call promises do no harm.
aclError aclrtMallocAlign32(void** devPtr, size_t size, aclrtMemMallocPolicy) {
  return entry("aclrtMallocAlign32", [&] { return allocate(devPtr, size); });
}

aclError aclrtMallocCached(void** devPtr, size_t size, aclrtMemMallocPolicy policy) {
  return entry("aclrtMallocCached", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    if (policy != ACL_MEM_MALLOC_HUGE_FIRST && policy != ACL_MEM_MALLOC_HUGE_ONLY &&
        policy != ACL_MEM_MALLOC_NORMAL_ONLY && policy != ACL_MEM_MALLOC_HUGE1G_ONLY) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("policy {} is not allowed for cached memory: use 0, 1, 2 or 6",
                                static_cast<int>(policy)));
    }
    return allocate(devPtr, size);
  });
}

aclError aclrtMemFlush(void* devPtr, size_t size) {
  return entry("aclrtMemFlush", [&] { return cache_range(devPtr, size); });
}

aclError aclrtMemInvalidate(void* devPtr, size_t size) {
  return entry("aclrtMemInvalidate", [&] { return cache_range(devPtr, size); });
}

aclError aclrtFree(void* devPtr) {
  return entry("aclrtFree", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    return runtime::free_device(devPtr);
  });
}

aclError aclrtMallocHost(void** hostPtr, size_t size) {
  return entry("aclrtMallocHost", [&]() -> Status {
    POACL_CHECK_NOT_NULL(hostPtr);
    POACL_RETURN_IF_ERROR(runtime::check_allocation_size(size));
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    POACL_ASSIGN_OR_RETURN(*hostPtr, runtime::allocate_host(size));
    return {};
  });
}

aclError aclrtFreeHost(void* hostPtr) {
  return entry("aclrtFreeHost", [&]() -> Status {
    POACL_CHECK_NOT_NULL(hostPtr);
    return runtime::free_host(hostPtr);
  });
}

aclError aclrtGetMemInfo(aclrtMemAttr attr, size_t* free, size_t* total) {
  return entry("aclrtGetMemInfo", [&]() -> Status {
    POACL_CHECK_NOT_NULL(free);
    POACL_CHECK_NOT_NULL(total);
    POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
    switch (attr) {
      case ACL_DDR_MEM:
      case ACL_HBM_MEM:
      case ACL_DDR_MEM_HUGE:
      case ACL_DDR_MEM_NORMAL:
      case ACL_HBM_MEM_HUGE:
      case ACL_HBM_MEM_NORMAL:
      case ACL_MEM_NORMAL:
      case ACL_MEM_HUGE: {
        const runtime::MemoryInfo info = runtime::memory_info(*context);
        *free = info.free;
        *total = info.total;
        return {};
      }
      default:
        break;
    }
    if (attr < ACL_DDR_MEM || attr > ACL_MEM_P2P_HUGE1G) {
      return Status(
          ACL_ERROR_RT_INVALID_MEMORY_TYPE,
          fmt::format("memory attribute {} is unknown: pass 0 (DDR), 1 (HBM) or another of 0 "
                      "to {}",
                      static_cast<int>(attr), static_cast<int>(ACL_MEM_P2P_HUGE1G)));
    }
    // Kinds of memory that no device here has.
    *free = 0;
    *total = 0;
    return {};
  });
}
