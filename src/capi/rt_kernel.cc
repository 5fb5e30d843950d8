// Operator code for the real chips: it can be wrapped and is looked at, but nothing here runs it.
#include <memory>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "base/config.h"
#include "base/handle_table.h"
#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "runtime/runtime.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::answer;
using poacl::capi::entry;

namespace {

struct Binary {
  const void* data;
  size_t bytes;
};

poacl::HandleTable<Binary>& binaries() {
  static auto* const all = new poacl::HandleTable<Binary>;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& binaries_made_early = binaries();

Status no_device_code() {
  return Status(ACL_ERROR_API_NOT_SUPPORT,
                fmt::format("machine code of {} does not run here: this library computes on the "
                            "host's processor; use a model (acl.mdl) or a single operator (acl.op)",
                            poacl::config().soc->name));
}

// No such handle was ever given out.
Status no_such_handle(const char* name, const void* handle) {
  if (handle == nullptr) return poacl::capi::null_argument(name);
  return Status(ACL_ERROR_INVALID_PARAM, fmt::format("{} {} is no live handle: {}", name, handle,
                                                     no_device_code().message()));
}

}  // namespace

aclrtBinary aclrtCreateBinary(const void* data, size_t dataLen) {
  return answer<aclrtBinary>("aclrtCreateBinary", nullptr, [&]() -> Result<void*> {
    if (data == nullptr || dataLen == 0) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("data {} and dataLen {}: pass operator code of at least 1 byte",
                                data, dataLen));
    }
    return binaries().insert(std::make_shared<Binary>(Binary{data, dataLen}));
  });
}

aclError aclrtDestroyBinary(aclrtBinary binary) {
  return entry("aclrtDestroyBinary", [&]() -> Status {
    if (binaries().remove(binary)) return {};
    return poacl::capi::find_handle(binaries(), binary, "binary", "acl.rt.create_binary").status();
  });
}

aclError aclrtBinaryLoad(const aclrtBinary binary, aclrtBinHandle* binHandle) {
  return entry("aclrtBinaryLoad", [&]() -> Status {
    POACL_CHECK_NOT_NULL(binHandle);
    POACL_RETURN_IF_ERROR(
        poacl::capi::find_handle(binaries(), binary, "binary", "acl.rt.create_binary").status());
    POACL_RETURN_IF_ERROR(poacl::runtime::current_context().status());
    return no_device_code();
  });
}

aclError aclrtBinaryUnLoad(aclrtBinHandle binHandle) {
  return entry("aclrtBinaryUnLoad", [&] { return no_such_handle("binHandle", binHandle); });
}

aclError aclrtBinaryGetFunction(const aclrtBinHandle binHandle, const char* kernelName,
                                aclrtFuncHandle* funcHandle) {
  return entry("aclrtBinaryGetFunction", [&]() -> Status {
    POACL_CHECK_NOT_NULL(kernelName);
    POACL_CHECK_NOT_NULL(funcHandle);
    return no_such_handle("binHandle", binHandle);
  });
}

aclError aclrtLaunchKernel(aclrtFuncHandle funcHandle, uint32_t, const void*, size_t, aclrtStream) {
  return entry("aclrtLaunchKernel", [&] { return no_such_handle("funcHandle", funcHandle); });
}
