// Copies and fills.
#include "runtime/transfer.h"

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

constexpr size_t kMaxAsyncWidth = 5'000'000;
constexpr size_t kMaxAsyncHeight = 5 * 1024 * 1024;

Status check_kind(aclrtMemcpyKind kind) {
  const int number = static_cast<int>(kind);
  if (number >= 0 && number <= runtime::kLastCopyKind) return {};
  return Status(
      ACL_ERROR_INVALID_PARAM,
      fmt::format("copy kind {} is unknown: pass 0 to {} (1 host to device, 2 device to host)",
                  number, runtime::kLastCopyKind));
}

Status check_rows(size_t dpitch, size_t spitch, size_t width, aclrtMemcpyKind kind) {
  POACL_RETURN_IF_ERROR(check_kind(kind));
  if (kind == ACL_MEMCPY_HOST_TO_HOST) {
    return Status(ACL_ERROR_INVALID_PARAM, "a 2-D copy does not go from host to host");
  }
  if (width <= dpitch && width <= spitch) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("width {} is more than a row: destination pitch {}, source pitch {}",
                            width, dpitch, spitch));
}

}  // namespace

aclError aclrtMemcpy(void* dst, size_t destMax, const void* src, size_t count,
                     aclrtMemcpyKind kind) {
  return entry("aclrtMemcpy", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dst);
    POACL_CHECK_NOT_NULL(src);
    POACL_RETURN_IF_ERROR(check_kind(kind));
    return runtime::copy({.dst = dst, .dst_max = destMax, .src = src, .count = count});
  });
}

aclError aclrtMemcpyAsync(void* dst, size_t destMax, const void* src, size_t count,
                          aclrtMemcpyKind kind, aclrtStream stream) {
  return entry("aclrtMemcpyAsync", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dst);
    POACL_CHECK_NOT_NULL(src);
    POACL_RETURN_IF_ERROR(check_kind(kind));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::copy_async({.dst = dst, .dst_max = destMax, .src = src, .count = count}, kind,
                               *target);
  });
}

// The older name of what the asynchronous copy does by itself now.
aclError aclrtMemcpyAsyncWithCondition(void* dst, size_t destMax, const void* src, size_t count,
                                       aclrtMemcpyKind kind, aclrtStream stream) {
  return aclrtMemcpyAsync(dst, destMax, src, count, kind, stream);
}

aclError aclrtMemset(void* devPtr, size_t maxCount, int32_t value, size_t count) {
  return entry("aclrtMemset", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    return runtime::fill({devPtr, maxCount, static_cast<uint32_t>(value), count});
  });
}

aclError aclrtMemsetAsync(void* devPtr, size_t maxCount, int32_t value, size_t count,
                          aclrtStream stream) {
  return entry("aclrtMemsetAsync", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devPtr);
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::fill_async({devPtr, maxCount, static_cast<uint32_t>(value), count}, *target);
  });
}

aclError aclrtMemcpy2d(void* dst, size_t dpitch, const void* src, size_t spitch, size_t width,
                       size_t height, aclrtMemcpyKind kind) {
  return entry("aclrtMemcpy2d", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dst);
    POACL_CHECK_NOT_NULL(src);
    if (width == 0 || height == 0) return {};
    POACL_RETURN_IF_ERROR(check_rows(dpitch, spitch, width, kind));
    return runtime::copy({dst, dpitch, src, width, height, dpitch, spitch});
  });
}

aclError aclrtMemcpy2dAsync(void* dst, size_t dpitch, const void* src, size_t spitch, size_t width,
                            size_t height, aclrtMemcpyKind kind, aclrtStream stream) {
  return entry("aclrtMemcpy2dAsync", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dst);
    POACL_CHECK_NOT_NULL(src);
    if (width == 0 || height == 0) return {};
    POACL_RETURN_IF_ERROR(check_rows(dpitch, spitch, width, kind));
    if (width > kMaxAsyncWidth || height > kMaxAsyncHeight) {
      return Status(
          ACL_ERROR_RT_PARAM_INVALID,
          fmt::format("{} rows of {} bytes are more than an asynchronous 2-D copy takes: at "
                      "most {} rows of {} bytes",
                      height, width, kMaxAsyncHeight, kMaxAsyncWidth));
    }
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::copy_async({dst, dpitch, src, width, height, dpitch, spitch}, kind, *target);
  });
}
