// ONNX file -> graph in Ascend's IR.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "frontend/onnx/import_report.h"
#include "graph/graph.h"

namespace poacl {

struct OnnxImportOptions {
  // Shapes given by the user, by input name (or all without names, in the model's order); replace
  // the model's own. -1: known at execution only.
  std::vector<std::pair<std::string, Dims>> input_shapes;
  // Requested outputs: "node:index" or tensor names; empty = the graph's outputs.
  std::vector<std::string> out_nodes;
  // Filled in as far as the import comes, whether it succeeds or not; null = not wanted.
  ImportReport* report = nullptr;
};

// Reads `path` (external data beside it included) and returns a shape-inferred graph. Errors carry
// E-codes as tag (spec: atc section 6); all unsupported operators are named at once with their
// nodes. A message may end in a line "Try: --option=value": the option that would have worked.
//
// Names: graph inputs keep the model's; graph.output_names are "node:index:tensor"; a node without
// a name is called "<OpType>_<position in the file>".
Result<Graph> import_onnx(const std::string& path, const OnnxImportOptions& options);

// The same for a model in memory, which is copied as far as needed. External data is looked for
// in `directory`; empty = a model that has some is refused (E13001).
Result<Graph> import_onnx_bytes(const void* data, size_t size, const OnnxImportOptions& options,
                                const std::string& directory = {});

}  // namespace poacl
