// --input_fp16_nodes: inputs that programs feed as float16.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "graph/graph.h"

namespace poacl::atc {

// Puts a Cast behind every named input. E10016 for a name that is no input, E10001 for an input
// that is not of a floating-point type.
Status apply_half_inputs(Graph& graph, const std::vector<std::string>& names);

}  // namespace poacl::atc
