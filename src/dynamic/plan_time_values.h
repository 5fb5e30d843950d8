// Which values a graph's shapes and kernels depend on.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace poacl {

// Whether input `port` of the node is one whose value decides shapes or plans (PortDef::by_value).
bool is_by_value(const Node& node, size_t port);

// For each value of the graph: whether it must be a constant before its readers can be planned.
// These are the inputs of by-value ports, and the few numbers those are computed from where that
// computation can be done while planning (shape arithmetic), which saves a stage.
std::vector<bool> plan_time_values(const Graph& graph);

}  // namespace poacl
