// Runs shape inference over a whole graph.
#pragma once

#include "graph/graph.h"

namespace poacl {

// Checks every node against its definition (unknown type, missing inputs or attributes) and fills
// dtype and dims of every value, in order. The error names node, operator and numbers.
Status infer_shapes(Graph& graph);

// The same for one node. Shape of a fully known value and any node whose inputs are all constant
// are evaluated at once with the reference kernels: their outputs become constants (the node then
// is dead and goes with the next Graph::compact()).
Status infer_node(Graph& graph, Node& node);

}  // namespace poacl
