// The body of every C entry point: run, turn a Status into the code the caller gets, keep
// exceptions inside.
#pragma once

#include <cstdint>
#include <exception>
#include <new>
#include <string>

#include "acl/acl_base.h"
#include "base/log.h"
#include "base/status.h"

namespace poacl::capi {

// `body` returns Status; `place` is where the log says that an error comes from. Usage:
//   aclError aclrtFoo(int x) { return entry("aclrtFoo", [&] { return foo(x); }); }
template <typename F>
aclError entry(const char* api, F&& body,
               LogPlace place = {__builtin_FILE(), __builtin_LINE()}) noexcept {
  try {
    const Status status = body();
    return status.ok() ? ACL_SUCCESS : report_error(api, status, place);
  } catch (const std::bad_alloc&) {
    return report_error(api, Status(ACL_ERROR_BAD_ALLOC, "the host is out of memory"), place);
  } catch (const std::exception& error) {
    return report_error(
        api, Status(ACL_ERROR_INTERNAL_ERROR, std::string("internal error: ") + error.what()),
        place);
  }
}

// 100000 for a null argument, naming it.
Status null_argument(const char* name);

// A time limit of the API (-1 or above 0 milliseconds, otherwise 107000) in nanoseconds; -1 stays.
Status timeout_from_ms(int32_t timeout, int64_t& nanoseconds);

}  // namespace poacl::capi

// Returns 100000 with a sentence that names the argument.
#define POACL_CHECK_NOT_NULL(argument)                                         \
  do {                                                                         \
    if ((argument) == nullptr) return ::poacl::capi::null_argument(#argument); \
  } while (false)
