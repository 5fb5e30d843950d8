// Model-local functions: operators that a model defines by other operators.
#pragma once

#include "base/status.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

// Replaces every call by the function's nodes, calls inside functions too. Inner tensors and nodes
// get the call's name as prefix. Errors: E16001 for a function that calls itself, or an expansion
// beyond what real models need.
Status inline_functions(poacl::onnx::Model& model);

}  // namespace poacl::onnx_frontend
