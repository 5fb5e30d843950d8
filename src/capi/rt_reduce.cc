// Reductions of arrays in device memory, and hints about cached memory.
#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/reduction.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtReduceAsync(void* dst, const void* src, uint64_t count, aclrtReduceKind kind,
                          aclDataType type, aclrtStream stream, void* reserve) {
  return entry("aclrtReduceAsync", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dst);
    POACL_CHECK_NOT_NULL(src);
    if (reserve != nullptr) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("reserve is {}, but must be null (0 in Python)", reserve));
    }
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::reduce_async({dst, src, count, static_cast<int>(kind), type}, *target);
  });
}

aclError aclrtCmoAsync(void* src, size_t size, aclrtCmoType cmoType, aclrtStream stream) {
  return entry("aclrtCmoAsync", [&]() -> Status {
    POACL_CHECK_NOT_NULL(src);
    if (size == 0) return Status(ACL_ERROR_RT_PARAM_INVALID, "size is 0");
    if (cmoType < ACL_RT_CMO_TYPE_PREFETCH || cmoType > ACL_RT_CMO_TYPE_FLUSH) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("operation {} is unknown: pass 0 (prefetch), 1 (write back), 2 "
                                "(invalidate) or 3 (flush)",
                                static_cast<int>(cmoType)));
    }
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::cache_hint_async(src, size, *target);
  });
}
