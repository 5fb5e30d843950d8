// Errors about AIPP: an E-code as tag and one sentence.
#pragma once

#include "frontend/onnx/import_error.h"

namespace poacl::aipp_frontend {

// A configuration that contradicts itself, the model or another option.
inline constexpr std::string_view kConflict = "E10052";
inline constexpr std::string_view kUnreadable = "E13001";
inline constexpr std::string_view kNotText = "E13018";
// Dynamic AIPP of a model that it cannot serve.
inline constexpr std::string_view kInputCheck = "E13014";
inline constexpr std::string_view kHalfInput = "E10034";

using onnx_frontend::import_error;

// What the layers below say, as a complaint about the configuration.
inline Status as_conflict(const Status& status) {
  if (status.ok()) return status;
  return Status(onnx_frontend::kImportError, std::string(status.message()), std::string(kConflict));
}

}  // namespace poacl::aipp_frontend
