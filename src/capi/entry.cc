#include "capi/entry.h"

#include <fmt/format.h>

namespace poacl::capi {

Status null_argument(const char* name) {
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("{} is null: pass a valid pointer or handle", name));
}

Status timeout_from_ms(int32_t timeout, int64_t& nanoseconds) {
  if (timeout == 0 || timeout < -1) {
    return Status(
        ACL_ERROR_RT_PARAM_INVALID,
        fmt::format("timeout {} is not allowed: pass -1 to wait without limit or a number of "
                    "milliseconds above 0",
                    timeout));
  }
  nanoseconds = timeout < 0 ? -1 : static_cast<int64_t>(timeout) * 1'000'000;
  return {};
}

}  // namespace poacl::capi
