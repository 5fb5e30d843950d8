// Attributes of an ONNX node -> AttrMap.
#pragma once

#include <functional>

#include "base/status.h"
#include "base/tensor.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

// Kinds: int64_t, float, std::string, Tensor and lists of the first three. Subgraphs, types and
// sparse tensors are left out. `decode` makes constants of tensors. Errors name the attribute, not
// the node.
Result<AttrMap> decode_attributes(
    poacl::onnx::Node& node, const std::function<Result<Tensor>(poacl::onnx::Tensor&)>& decode);

}  // namespace poacl::onnx_frontend
