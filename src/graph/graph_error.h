// The Status that every complaint about a graph carries.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/status.h"

namespace poacl {

// ACL_ERROR_GE_PARAM_INVALID: the model asks for something impossible.
inline constexpr int32_t kGraphInvalid = 145000;
// ACL_ERROR_GE_INTERNAL_ERROR: the compiler itself left the graph inconsistent.
inline constexpr int32_t kGraphInternal = 545000;

template <typename... Args>
Status graph_error(fmt::format_string<Args...> format, Args&&... args) {
  return Status(kGraphInvalid, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace poacl
