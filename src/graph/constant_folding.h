// Evaluation of nodes whose result does not depend on the model's inputs.
#pragma once

#include "graph/graph.h"
#include "graph/op_def.h"

namespace poacl {

// What folding may spend on one graph: bytes of results, multiply-adds. Counted in Graph.
inline constexpr size_t kMaxFoldedBytes = size_t{1} << 30;
inline constexpr double kMaxFoldedWork = 4e9;

// Turns the node's outputs into constants when it reads only constants (or is Shape or Size of a
// fully known value) and a reference kernel accepts it. A result that is too large, or too much
// work, is left to run time. The node's shapes must have been inferred. Never fails because
// folding is impossible. DequantizeLinear of a constant stays, so that operators can compute on the
// integers.
Status fold_node(Graph& graph, Node& node, const OpDef& def);

// Folds the DequantizeLinear nodes that fold_node left; what reads them folds at the next
// infer_shapes().
Status fold_quantised(Graph& graph);

}  // namespace poacl
