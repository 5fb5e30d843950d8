// ONNX file -> graph in Ascend's IR.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "graph/graph.h"

namespace poacl {

struct OnnxImportOptions {
  // Shapes given by the user, by input name; replace the model's own.
  std::vector<std::pair<std::string, Dims>> input_shapes;
  // Requested outputs: "node:index" or tensor names; empty = the graph's outputs.
  std::vector<std::string> out_nodes;
};

// Reads `path` (external data beside it included) and returns a shape-inferred graph. Errors carry
// E-codes as tag (spec: atc section 6); all unsupported operators are named at once with their
// nodes.
Result<Graph> import_onnx(const std::string& path, const OnnxImportOptions& options);

}  // namespace poacl
