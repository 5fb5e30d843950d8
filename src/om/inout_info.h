// The MODEL_INOUT_INFO partition: inputs and outputs for tools that do not decode the graph (spec:
// om-format section 6).
#pragma once

#include <string>
#include <string_view>

#include "graph/graph.h"

namespace poacl::om {

std::string make_inout_info(const Graph& graph, std::string_view input_format);

}  // namespace poacl::om
