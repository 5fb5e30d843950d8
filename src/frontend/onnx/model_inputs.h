// The model's inputs: their own shapes, the user's, and the errors about them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "frontend/onnx/graph_index.h"

namespace poacl::onnx_frontend {

struct ModelInput {
  std::string name;
  DataType dtype = DataType::kUndefined;
  Dims dims;
};

// Every real input with the shape to convert for, -1 where it stays open. `user_shapes` replace the
// model's own; without names they are those of all inputs in order.
// Errors: E10016 (no such input; lists the real ones), E10017 (a tensor, but not an input), E10049
// (other rank), E10011 (a size below 1), E10001 (the model leaves a size open and the user gives
// none), E16001 (not a tensor, or of a type that cannot be an input).
Result<std::vector<ModelInput>> resolve_inputs(
    const poacl::onnx::Graph& graph, const GraphIndex& index,
    const std::vector<std::pair<std::string, Dims>>& user_shapes);

// "data float32 [N,3,224,224]; ..." for messages; long lists are cut.
std::string list_inputs(const poacl::onnx::Graph& graph, const GraphIndex& index);

}  // namespace poacl::onnx_frontend
