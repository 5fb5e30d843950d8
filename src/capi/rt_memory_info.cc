// What is known of memory, and giving it back after the device's tasks.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/device.h"
#include "runtime/host_register.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"
#include "runtime/virtual_memory.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

constexpr uint32_t kPageBytes = 4096;
constexpr uint32_t kHugePageBytes = 2u << 20;
constexpr uint32_t kKnownTypes = ACL_RT_MEM_TYPE_DEV | ACL_RT_MEM_TYPE_DVPP | ACL_RT_MEM_TYPE_RSVD;

bool lies_in(const void* address, uint32_t types) {
  const auto block = runtime::find_allocation(address);
  if (!block || block->size == 0) return false;
  return block->kind == runtime::MemoryKind::kDevice &&
         (types & (ACL_RT_MEM_TYPE_DEV | ACL_RT_MEM_TYPE_DVPP)) != 0;
}

}  // namespace

aclError aclrtFreeWithDevSync(void* devPtr) {
  return entry("aclrtFreeWithDevSync", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    POACL_RETURN_IF_ERROR(runtime::synchronize_device());
    return runtime::free_device(devPtr);
  });
}

aclError aclrtFreeHostWithDevSync(void* hostPtr) {
  return entry("aclrtFreeHostWithDevSync", [&]() -> Status {
    POACL_CHECK_NOT_NULL(hostPtr);
    POACL_RETURN_IF_ERROR(runtime::synchronize_device());
    return runtime::free_host(hostPtr);
  });
}

aclError aclrtPointerGetAttributes(const void* ptr, aclrtPtrAttributes* attributes) {
  return entry("aclrtPointerGetAttributes", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ptr);
    POACL_CHECK_NOT_NULL(attributes);
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    *attributes = {};
    const auto block = runtime::find_allocation(ptr);
    if (block && block->size != 0) {
      const bool device = block->kind == runtime::MemoryKind::kDevice;
      attributes->location.id = device ? static_cast<uint32_t>(block->device) : 0;
      attributes->location.type =
          device ? ACL_MEM_LOCATION_TYPE_DEVICE : ACL_MEM_LOCATION_TYPE_HOST;
      attributes->pageSize = block->size >= kHugePageBytes ? kHugePageBytes : kPageBytes;
    } else {
      attributes->location.type = runtime::is_registered(ptr, 1)
                                      ? ACL_MEM_LOCATION_TYPE_HOST
                                      : ACL_MEM_LOCATION_TYPE_UNREGISTERED;
      attributes->pageSize = kPageBytes;
    }
    return {};
  });
}

aclError aclrtCheckMemType(void** addrList, uint32_t size, uint32_t memType, uint32_t* checkResult,
                           uint32_t reserve) {
  return entry("aclrtCheckMemType", [&]() -> Status {
    POACL_CHECK_NOT_NULL(addrList);
    POACL_CHECK_NOT_NULL(checkResult);
    if (size == 0 || reserve != 0 || memType == 0 || (memType & ~kKnownTypes) != 0) {
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("size {}, memory types {:#x} and reserve {} do not fit: pass at "
                                "least one address, types out of {:#x}, and 0",
                                size, memType, reserve, kKnownTypes));
    }
    *checkResult = std::all_of(addrList, addrList + size,
                               [&](const void* each) { return lies_in(each, memType); })
                       ? 1
                       : 0;
    return {};
  });
}

aclError aclrtMemGetAddressRange(void* ptr, void** pbase, size_t* psize) {
  return entry("aclrtMemGetAddressRange", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ptr);
    const auto block = runtime::find_allocation(ptr);
    if (block && block->span == runtime::SpanKind::kBlocks && block->size != 0) {
      if (pbase != nullptr) *pbase = block->base;
      if (psize != nullptr) *psize = block->size;
      return {};
    }
    POACL_ASSIGN_OR_RETURN(const auto range, runtime::reserved_range_of(ptr));
    if (pbase != nullptr) *pbase = range.begin;
    if (psize != nullptr) *psize = range.bytes;
    return {};
  });
}

aclError aclrtGetMemUsageInfo(int32_t deviceId, aclrtMemUsageInfo* memUsageInfo, size_t inputNum,
                              size_t* outputNum) {
  return entry("aclrtGetMemUsageInfo", [&]() -> Status {
    POACL_CHECK_NOT_NULL(memUsageInfo);
    POACL_CHECK_NOT_NULL(outputNum);
    *outputNum = 0;
    if (inputNum == 0) {
      return Status(ACL_ERROR_RT_PARAM_INVALID, "inputNum is 0: give room for at least one module");
    }
    POACL_RETURN_IF_ERROR(runtime::find_device(deviceId).status());
    // One module allocates here.
    const runtime::MemoryUse use = runtime::memory_use(deviceId);
    *memUsageInfo = {};
    std::strcpy(memUsageInfo->name, "RUNTIME");
    memUsageInfo->curMemSize = use.bytes;
    memUsageInfo->memPeakSize = use.peak;
    *outputNum = 1;
    return {};
  });
}

// The host's memory has its own correction of errors: there is never anything to report.
aclError aclrtGetMemUceInfo(int32_t deviceId, aclrtMemUceInfo* memUceInfoArray, size_t arraySize,
                            size_t* retSize) {
  return entry("aclrtGetMemUceInfo", [&]() -> Status {
    POACL_CHECK_NOT_NULL(memUceInfoArray);
    POACL_CHECK_NOT_NULL(retSize);
    *retSize = 0;
    if (arraySize == 0) {
      return Status(ACL_ERROR_RT_PARAM_INVALID, "arraySize is 0: give room for at least one range");
    }
    return runtime::find_device(deviceId).status();
  });
}

aclError aclrtMemUceRepair(int32_t deviceId, aclrtMemUceInfo* memUceInfoArray, size_t arraySize) {
  return entry("aclrtMemUceRepair", [&]() -> Status {
    POACL_CHECK_NOT_NULL(memUceInfoArray);
    POACL_RETURN_IF_ERROR(runtime::find_device(deviceId).status());
    if (arraySize == 0 || arraySize > MAX_MEM_UCE_INFO_ARRAY_SIZE) {
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("arraySize {} is not allowed: pass 1 to {}", arraySize,
                                MAX_MEM_UCE_INFO_ARRAY_SIZE));
    }
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("{} bytes at {} are no range that acl.rt.get_mem_uce_info reported",
                              memUceInfoArray[0].len, memUceInfoArray[0].addr));
  });
}
