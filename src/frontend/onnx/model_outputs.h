// Which tensors the converted model returns, and under which names.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "frontend/onnx/graph_index.h"

namespace poacl::onnx_frontend {

struct ModelOutput {
  std::string tensor;  // ONNX name
  std::string label;   // what acl returns: "node:index:tensor"
};

// The graph's outputs in order, or what `out_nodes` asks for ("node:index" or tensor names).
// Errors: E10016 (unknown; offers the nearest), E10003 (bad index), E16001 (model without outputs).
Result<std::vector<ModelOutput>> resolve_outputs(const poacl::onnx::Graph& graph,
                                                 const GraphIndex& index,
                                                 const std::vector<std::string>& out_nodes);

}  // namespace poacl::onnx_frontend
