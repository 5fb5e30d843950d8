// How many inputs and outputs ONNX's operators have, by version.
#pragma once

#include <string>

#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

// What is wrong with a node of ONNX's own domain, judged by the numbers of its inputs and outputs
// and by the versions that have the operator; empty = nothing, or an operator ONNX does not have.
// Absent ("") inputs and outputs at the end do not count.
std::string arity_fault(const poacl::onnx::Node& node, int64_t opset);

}  // namespace poacl::onnx_frontend
