// Operator set versions of a model.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/status.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

inline constexpr int64_t kLeastOpset = 7;
inline constexpr int64_t kMostOpset = 21;

using OpsetMap = std::map<std::string, int64_t>;  // by canonical domain

// ONNX's own domain has two spellings; "" is used here.
inline std::string canonical_domain(const std::string& domain) {
  return domain == "ai.onnx" ? std::string() : domain;
}

// E16005 when a domain is imported in two versions. A model that names none for ONNX's own domain
// gets version 1, as the format says of its first files.
Result<OpsetMap> read_opsets(const poacl::onnx::Model& model);

// E16005 unless ONNX's own domain is in a version that PoACL knows.
Status check_standard_opset(const OpsetMap& opsets);

}  // namespace poacl::onnx_frontend
