// Filling memory with 32-bit values.
#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/runtime.h"
#include "runtime/transfer.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

// Spec runtime section 7: aligned to 4, N values fit.
Result<runtime::Fill> check_words(void* ptr, size_t mem_size, uint32_t value, size_t count) {
  if (reinterpret_cast<uintptr_t>(ptr) % sizeof(uint32_t) != 0) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{} is not a multiple of 4: 32-bit values need that", ptr));
  }
  if (count > mem_size / sizeof(uint32_t)) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{} values of 4 bytes do not fit memory of {} bytes (memSize)", count,
                              mem_size));
  }
  return runtime::Fill{ptr, mem_size, value, count * sizeof(uint32_t), true};
}

}  // namespace

aclError aclrtMemsetD32(void* ptr, size_t memSize, uint32_t value, size_t N) {
  return entry("aclrtMemsetD32", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ptr);
    POACL_ASSIGN_OR_RETURN(const runtime::Fill request, check_words(ptr, memSize, value, N));
    return runtime::fill(request);
  });
}

aclError aclrtMemsetD32Async(void* ptr, size_t memSize, uint32_t value, size_t N,
                             aclrtStream stream) {
  return entry("aclrtMemsetD32Async", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ptr);
    POACL_ASSIGN_OR_RETURN(const runtime::Fill request, check_words(ptr, memSize, value, N));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::fill_async(request, *target);
  });
}
