// Allocations with attributes.
#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/device.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

struct Attributes {
  int32_t device = -1;  // -1: that of the current context
};

Status read(const aclrtMallocConfig* config, Attributes& out) {
  if (config == nullptr || config->numAttrs == 0) return {};
  if (config->attrs == nullptr) {
    return Status(
        ACL_ERROR_INVALID_PARAM,
        fmt::format("cfg announces {} attributes but its list is null", config->numAttrs));
  }
  for (size_t i = 0; i < config->numAttrs; ++i) {
    const aclrtMallocAttribute& attribute = config->attrs[i];
    switch (attribute.attr) {
      case ACL_RT_MEM_ATTR_RSV:
      case ACL_RT_MEM_ATTR_MODULE_ID:  // whom a memory report names
      case ACL_RT_MEM_ATTR_VA_FLAG:    // one address range for all: always so here
        break;
      case ACL_RT_MEM_ATTR_DEVICE_ID:
        out.device = static_cast<int32_t>(attribute.value.deviceId);
        break;
      default:
        return Status(ACL_ERROR_INVALID_PARAM,
                      fmt::format("attribute {} of cfg is of unknown type {}: pass 1 (module), 2 "
                                  "(device) or 3 (address flag)",
                                  i, static_cast<int>(attribute.attr)));
    }
  }
  return {};
}

Status allocate(void** pointer, size_t size, const aclrtMallocConfig* config) {
  POACL_CHECK_NOT_NULL(pointer);
  POACL_RETURN_IF_ERROR(runtime::check_allocation_size(size));
  Attributes attributes;
  POACL_RETURN_IF_ERROR(read(config, attributes));
  POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
  if (attributes.device < 0) {
    POACL_ASSIGN_OR_RETURN(*pointer, runtime::allocate_device(*context, size));
    return {};
  }
  POACL_ASSIGN_OR_RETURN(const auto device, runtime::find_device(attributes.device));
  POACL_ASSIGN_OR_RETURN(*pointer, runtime::allocate_device(*device, size));
  return {};
}

}  // namespace

aclError aclrtMallocWithCfg(void** devPtr, size_t size, aclrtMemMallocPolicy,
                            aclrtMallocConfig* cfg) {
  return entry("aclrtMallocWithCfg", [&] { return allocate(devPtr, size, cfg); });
}

aclError aclrtMallocForTaskScheduler(void** devPtr, size_t size, aclrtMemMallocPolicy,
                                     aclrtMallocConfig* cfg) {
  return entry("aclrtMallocForTaskScheduler", [&] { return allocate(devPtr, size, cfg); });
}

aclError aclrtMallocHostWithCfg(void** ptr, uint64_t size, aclrtMallocConfig* cfg) {
  return entry("aclrtMallocHostWithCfg", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ptr);
    POACL_RETURN_IF_ERROR(runtime::check_allocation_size(size));
    Attributes attributes;
    POACL_RETURN_IF_ERROR(read(cfg, attributes));
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    POACL_ASSIGN_OR_RETURN(*ptr, runtime::allocate_host(size));
    return {};
  });
}
