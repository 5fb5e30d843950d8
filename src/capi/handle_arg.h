// Handles as arguments, and entry points that return a value instead of a code.
#pragma once

#include <memory>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/handle_table.h"
#include "base/log.h"
#include "base/status.h"

namespace poacl::capi {

// The live object of a handle; 100000 for null and for anything that is no live handle of this
// kind. `name` is the argument, `creator` the call that makes such handles.
template <typename T>
Result<std::shared_ptr<T>> find_handle(const HandleTable<T>& table, const void* handle,
                                       const char* name, const char* creator) {
  if (std::shared_ptr<T> object = table.get(handle)) return object;
  if (handle == nullptr) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{} is null: pass a handle from {}", name, creator));
  }
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("{} {} is not alive: it was destroyed, or is not from {}", name, handle,
                            creator));
}

// `body` returns Result<T>; its error becomes the recent error text and `fallback` is returned.
template <typename T, typename F>
T answer(const char* api, T fallback, F&& body,
         LogPlace place = {__builtin_FILE(), __builtin_LINE()}) noexcept {
  try {
    Result<T> result = body();
    if (result.ok()) return *std::move(result);
    report_error(api, result.status(), place);
  } catch (const std::bad_alloc&) {
    report_error(api, Status(ACL_ERROR_BAD_ALLOC, "the host is out of memory"), place);
  } catch (const std::exception& error) {
    report_error(api,
                 Status(ACL_ERROR_INTERNAL_ERROR, std::string("internal error: ") + error.what()),
                 place);
  }
  return fallback;
}

}  // namespace poacl::capi
