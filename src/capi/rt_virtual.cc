// Reserved addresses and the memory behind them.
#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/device.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"
#include "runtime/virtual_memory.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

Status check_zero(const char* name, uint64_t value) {
  if (value == 0) return {};
  return Status(ACL_ERROR_RT_PARAM_INVALID, fmt::format("{} {} is reserved: pass 0", name, value));
}

Status reserve(void** pointer, size_t size, size_t alignment, void* expect, uint64_t flags) {
  POACL_CHECK_NOT_NULL(pointer);
  POACL_RETURN_IF_ERROR(check_zero("alignment", alignment));
  if (flags > 1) return check_zero("flags", flags);
  POACL_RETURN_IF_ERROR(runtime::current_context().status());
  POACL_ASSIGN_OR_RETURN(*pointer, runtime::reserve_range(size, expect));
  return {};
}

Status map(void* pointer, size_t size, size_t offset, aclrtDrvMemHandle handle, uint64_t flags,
           bool accessible) {
  POACL_CHECK_NOT_NULL(pointer);
  POACL_CHECK_NOT_NULL(handle);
  POACL_RETURN_IF_ERROR(check_zero("offset", offset));
  POACL_RETURN_IF_ERROR(check_zero("flags", flags));
  POACL_ASSIGN_OR_RETURN(const auto memory, runtime::find_physical(handle));
  return runtime::map_memory(pointer, size, memory, accessible);
}

Status check_location(const aclrtMemLocation& location) {
  if (location.type == ACL_MEM_LOCATION_TYPE_HOST) return {};
  if (location.type == ACL_MEM_LOCATION_TYPE_DEVICE) {
    return runtime::find_device(static_cast<int32_t>(location.id)).status();
  }
  return Status(ACL_ERROR_RT_PARAM_INVALID,
                fmt::format("location type {} is not allowed: pass 0 (host) or 1 (device)",
                            static_cast<int>(location.type)));
}

}  // namespace

aclError aclrtReserveMemAddress(void** virPtr, size_t size, size_t alignment, void* expectPtr,
                                uint64_t flags) {
  return entry("aclrtReserveMemAddress",
               [&] { return reserve(virPtr, size, alignment, expectPtr, flags); });
}

aclError aclrtReserveMemAddressNoUCMemory(void** virPtr, size_t size, size_t alignment,
                                          void* expectPtr, uint64_t flags) {
  return entry("aclrtReserveMemAddressNoUCMemory", [&]() -> Status {
    POACL_CHECK_NOT_NULL(expectPtr);
    constexpr size_t kUnit = 1u << 30;
    if (size == 0 || size % kUnit != 0) {
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("size {} is not a multiple of 1 GiB", size));
    }
    return reserve(virPtr, size, alignment, expectPtr, flags);
  });
}

aclError aclrtReleaseMemAddress(void* virPtr) {
  return entry("aclrtReleaseMemAddress", [&]() -> Status {
    POACL_CHECK_NOT_NULL(virPtr);
    return runtime::release_range(virPtr);
  });
}

aclError aclrtMapMem(void* virPtr, size_t size, size_t offset, aclrtDrvMemHandle handle,
                     uint64_t flags) {
  return entry("aclrtMapMem", [&] { return map(virPtr, size, offset, handle, flags, true); });
}

aclError aclrtMemMapNoAccess(void* virPtr, size_t size, size_t offset, aclrtDrvMemHandle handle,
                             uint64_t flags) {
  return entry("aclrtMemMapNoAccess",
               [&] { return map(virPtr, size, offset, handle, flags, false); });
}

aclError aclrtUnmapMem(void* virPtr) {
  return entry("aclrtUnmapMem", [&]() -> Status {
    POACL_CHECK_NOT_NULL(virPtr);
    return runtime::unmap_memory(virPtr);
  });
}

aclError aclrtMemSetAccess(void* virPtr, size_t size, aclrtMemAccessDesc* desc, size_t count) {
  return entry("aclrtMemSetAccess", [&]() -> Status {
    POACL_CHECK_NOT_NULL(virPtr);
    POACL_CHECK_NOT_NULL(desc);
    if (size == 0 || count == 0) {
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("size {} and count {} must not be 0", size, count));
    }
    for (size_t i = 0; i < count; ++i) {
      POACL_RETURN_IF_ERROR(check_location(desc[i].location));
      POACL_RETURN_IF_ERROR(
          runtime::set_access(virPtr, size, static_cast<uint32_t>(desc[i].flags)));
    }
    return {};
  });
}

aclError aclrtMemGetAccess(void* virPtr, aclrtMemLocation* location, uint64_t* flag) {
  return entry("aclrtMemGetAccess", [&]() -> Status {
    POACL_CHECK_NOT_NULL(virPtr);
    POACL_CHECK_NOT_NULL(location);
    POACL_CHECK_NOT_NULL(flag);
    POACL_RETURN_IF_ERROR(check_location(*location));
    POACL_ASSIGN_OR_RETURN(*flag, runtime::get_access(virPtr));
    return {};
  });
}

aclError aclrtMemRetainAllocationHandle(void* virPtr, aclrtDrvMemHandle* handle) {
  return entry("aclrtMemRetainAllocationHandle", [&]() -> Status {
    POACL_CHECK_NOT_NULL(virPtr);
    POACL_CHECK_NOT_NULL(handle);
    const auto memory = runtime::mapped_memory(virPtr);
    if (!memory) {
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("no physical memory is behind {}", virPtr));
    }
    *handle = memory->handle;
    return {};
  });
}

// All devices of this machine reach all memory.
aclError aclrtMemP2PMap(void* devPtr, size_t size, int32_t dstDevId, uint64_t flags) {
  return entry("aclrtMemP2PMap", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    POACL_RETURN_IF_ERROR(check_zero("flags", flags));
    POACL_RETURN_IF_ERROR(runtime::find_device(dstDevId).status());
    const auto block = runtime::find_allocation(devPtr);
    const bool fits =
        block && block->kind == runtime::MemoryKind::kDevice &&
        size <= block->capacity - static_cast<size_t>(static_cast<char*>(devPtr) -
                                                      static_cast<char*>(block->base));
    if (size != 0 && fits) return {};
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("{} bytes at {} are not device memory", size, devPtr));
  });
}
