// Ranges of what AIPP settings are given.
#pragma once

#include <utility>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/status.h"

namespace poacl::capi {

template <typename... Args>
Status invalid_aipp(fmt::format_string<Args...> format, Args&&... args) {
  return Status(ACL_ERROR_INVALID_PARAM, fmt::format(format, std::forward<Args>(args)...));
}

// What is no number is in no range.
template <typename T>
Status check_aipp_range(const char* name, T value, T low, T high) {
  if (value >= low && value <= high) return {};
  return invalid_aipp("{} is {}; values are {} to {}", name, value, low, high);
}

inline Status check_aipp_switch(const char* name, int8_t value) {
  return check_aipp_range<int>(name, value, 0, 1);
}

}  // namespace poacl::capi
