// The overflow state of a device, which tasks set and streams read and clear in their order.
#include <cstring>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/address_check.h"
#include "runtime/device.h"
#include "runtime/runtime.h"
#include "runtime/stream.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

constexpr size_t kStateBytes = 64;

Status read_state(const char* api, void* output, uint64_t size, aclrtStream stream) {
  if (output == nullptr) return poacl::capi::null_argument("outputAddr");
  if (size != kStateBytes) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("outputSize {} is not allowed: the state takes {} bytes of device "
                              "memory",
                              size, kStateBytes));
  }
  const auto check = [output] {
    return runtime::check_memory(output, kStateBytes, "output", ACL_ERROR_RT_PARAM_INVALID, true);
  };
  POACL_RETURN_IF_ERROR(check());
  POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
  runtime::Device& device = target->device();
  return runtime::enqueue(*target, {[output, check, &device](runtime::TaskContext&) -> Status {
                                      POACL_RETURN_IF_ERROR(check());
                                      std::memset(output, 0, kStateBytes);
                                      const uint64_t state = device.overflowed.load() ? 1 : 0;
                                      std::memcpy(output, &state, sizeof(state));
                                      return {};
                                    },
                                    api});
}

Status clear_state(const char* api, aclrtStream stream) {
  POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
  runtime::Device& device = target->device();
  return runtime::enqueue(*target, {[&device](runtime::TaskContext&) -> Status {
                                      device.overflowed.store(false);
                                      return {};
                                    },
                                    api});
}

}  // namespace

aclError aclrtGetOverflowStatus(void* outputAddr, size_t outputSize, aclrtStream stream) {
  constexpr const char* kApi = "aclrtGetOverflowStatus";
  return entry(kApi, [&] { return read_state(kApi, outputAddr, outputSize, stream); });
}

aclError aclrtGetFloatOverflowStatus(void* outputAddr, uint64_t outputSize, aclrtStream stream) {
  constexpr const char* kApi = "aclrtGetFloatOverflowStatus";
  return entry(kApi, [&] { return read_state(kApi, outputAddr, outputSize, stream); });
}

aclError aclrtResetOverflowStatus(aclrtStream stream) {
  constexpr const char* kApi = "aclrtResetOverflowStatus";
  return entry(kApi, [&] { return clear_state(kApi, stream); });
}

aclError aclrtResetFloatOverflowStatus(aclrtStream stream) {
  constexpr const char* kApi = "aclrtResetFloatOverflowStatus";
  return entry(kApi, [&] { return clear_state(kApi, stream); });
}
