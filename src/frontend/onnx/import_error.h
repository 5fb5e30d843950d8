// Errors of the ONNX front end: an E-code as tag, one sentence, perhaps a corrected option.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/status.h"

namespace poacl::onnx_frontend {

// ACL_ERROR_GE_PARAM_INVALID; the converter itself only shows the tag.
inline constexpr int32_t kImportError = 145000;
// Tag of what a translator refuses; such errors of all nodes are joined into one.
inline constexpr std::string_view kUnsupportedTag = "E16002";
// Tag of a model that breaks ONNX's own rules.
inline constexpr std::string_view kInvalidTag = "E16001";

template <typename... Args>
Status import_error(std::string_view tag, fmt::format_string<Args...> format, Args&&... args) {
  return Status(kImportError, fmt::format(format, std::forward<Args>(args)...), std::string(tag));
}

// Appends the line in which a message offers the option that would have worked.
inline std::string with_try(std::string message, std::string_view option) {
  return std::move(message) + "\nTry: " + std::string(option);
}

}  // namespace poacl::onnx_frontend
