// --output_type: element types of the model's outputs.
#pragma once

#include <string>
#include <vector>

#include "atc/settings.h"
#include "base/status.h"
#include "graph/graph.h"

namespace poacl::atc {

// "FP16" (one entry with an empty output) or "node:0:FP16;node2:1:FP32". E10001 with the known
// types otherwise.
Result<std::vector<OutputType>> parse_output_type(const std::string& text);

// Outputs that have a type of their own must be asked for in --out_nodes: E10001.
Status check_named_outputs(const std::vector<OutputType>& types,
                           const std::vector<std::string>& out_nodes);

// Appends a Cast to every output that is to have another type. E10016 when a named output is not
// one of the graph's.
Status apply_output_types(Graph& graph, const std::vector<OutputType>& types);

}  // namespace poacl::atc
