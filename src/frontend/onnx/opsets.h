// Operator set versions of a model.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/status.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

inline constexpr int64_t kLeastOpset = 1;
inline constexpr int64_t kMostOpset = 27;

using OpsetMap = std::map<std::string, int64_t>;  // by canonical domain

// ONNX's own domain has two spellings; "" is used here.
inline std::string canonical_domain(const std::string& domain) {
  return domain == "ai.onnx" ? std::string() : domain;
}

// E16005 when a domain is imported in two versions. A file of the IR versions 1 and 2, which could
// not name any, gets version 1 for ONNX's own domain.
Result<OpsetMap> read_opsets(const poacl::onnx::Model& model);

// E16005 unless ONNX's own domain is there in a version that PoACL knows.
Status check_standard_opset(const OpsetMap& opsets);

}  // namespace poacl::onnx_frontend
