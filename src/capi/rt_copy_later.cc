// Copies whose addresses lie in memory: by description, and through pointers.
#include <cstring>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/address_check.h"
#include "runtime/runtime.h"
#include "runtime/transfer.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

constexpr uint64_t kDescMagic = 0x6d637079'64657363ull;

// What aclrtSetMemcpyDesc writes to the program's device memory.
struct CopyDesc {
  uint64_t magic;
  void* src;
  void* dst;
  uint64_t count;
  uint64_t reserved[4];
};

Status check_kind(aclrtMemcpyKind kind) {
  if (kind == ACL_MEMCPY_INNER_DEVICE_TO_DEVICE) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("copy kind {} is not allowed here: only 6 (within a device) is",
                            static_cast<int>(kind)));
}

Result<runtime::Copy> read_desc(const void* desc) {
  POACL_RETURN_IF_ERROR(runtime::check_memory(desc, sizeof(CopyDesc), "copy description",
                                              ACL_ERROR_RT_PARAM_INVALID));
  CopyDesc read;
  std::memcpy(&read, desc, sizeof(read));
  if (read.magic != kDescMagic) {
    return Status(
        ACL_ERROR_RT_PARAM_INVALID,
        fmt::format("{} holds no copy description: write one with acl.rt.set_memcpy_desc", desc));
  }
  return runtime::Copy{
      .dst = read.dst, .dst_max = read.count, .src = read.src, .count = read.count};
}

}  // namespace

aclError aclrtGetMemcpyDescSize(aclrtMemcpyKind kind, size_t* descSize) {
  return entry("aclrtGetMemcpyDescSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(descSize);
    POACL_RETURN_IF_ERROR(check_kind(kind));
    *descSize = sizeof(CopyDesc);
    return {};
  });
}

aclError aclrtSetMemcpyDesc(void* desc, aclrtMemcpyKind kind, void* srcAddr, void* dstAddr,
                            size_t count, void* config) {
  return entry("aclrtSetMemcpyDesc", [&]() -> Status {
    POACL_CHECK_NOT_NULL(desc);
    POACL_CHECK_NOT_NULL(srcAddr);
    POACL_CHECK_NOT_NULL(dstAddr);
    POACL_RETURN_IF_ERROR(check_kind(kind));
    if (config != nullptr) {
      return Status(ACL_ERROR_INVALID_PARAM, "config is reserved: pass a null pointer");
    }
    POACL_RETURN_IF_ERROR(runtime::check_memory(desc, sizeof(CopyDesc), "copy description",
                                                ACL_ERROR_RT_PARAM_INVALID, true));
    const CopyDesc made{kDescMagic, srcAddr, dstAddr, count, {}};
    std::memcpy(desc, &made, sizeof(made));
    return {};
  });
}

aclError aclrtMemcpyAsyncWithDesc(void* desc, aclrtMemcpyKind kind, aclrtStream stream) {
  return entry("aclrtMemcpyAsyncWithDesc", [&]() -> Status {
    POACL_CHECK_NOT_NULL(desc);
    POACL_RETURN_IF_ERROR(check_kind(kind));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    POACL_RETURN_IF_ERROR(read_desc(desc).status());
    return runtime::copy_later([desc] { return read_desc(desc); }, "aclrtMemcpyAsyncWithDesc",
                               *target);
  });
}

aclError aclrtMemcpyAsyncWithOffset(void** dst, size_t destMax, size_t dstDataOffset,
                                    const void** src, size_t count, size_t srcDataOffset,
                                    aclrtMemcpyKind kind, aclrtStream stream) {
  return entry("aclrtMemcpyAsyncWithOffset", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dst);
    POACL_CHECK_NOT_NULL(src);
    POACL_RETURN_IF_ERROR(check_kind(kind));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    const auto resolve = [=]() -> Result<runtime::Copy> {
      POACL_RETURN_IF_ERROR(runtime::check_memory(dst, sizeof(void*), "pointer to the destination",
                                                  ACL_ERROR_RT_PARAM_INVALID));
      POACL_RETURN_IF_ERROR(runtime::check_memory(src, sizeof(void*), "pointer to the source",
                                                  ACL_ERROR_RT_PARAM_INVALID));
      return runtime::Copy{.dst = static_cast<char*>(*dst) + dstDataOffset,
                           .dst_max = destMax,
                           .src = static_cast<const char*>(*src) + srcDataOffset,
                           .count = count};
    };
    POACL_RETURN_IF_ERROR(resolve().status());
    return runtime::copy_later(resolve, "aclrtMemcpyAsyncWithOffset", *target);
  });
}
