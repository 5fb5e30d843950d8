#include <algorithm>
#include <unordered_map>

#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

bool changes_nothing(const Graph& graph, const Node& node) {
  if (node.type == "Identity") return true;
  const Value& input = graph.value(node.inputs[0]);
  const Value& output = graph.value(node.outputs[0]);
  if (node.type == "Cast") return input.dtype == output.dtype;
  const bool view = node.type == "Reshape" || node.type == "Flatten" || node.type == "Squeeze" ||
                    node.type == "Unsqueeze" || node.type == "SqueezeV3" ||
                    node.type == "UnsqueezeV3";
  if (view || node.type == "Expand" || node.type == "Tile") {
    return input.fully_known() && output.fully_known() && input.dims == output.dims;
  }
  return false;
}

}  // namespace

Status remove_identities(Graph& graph) {
  Rewriter rewriter(graph);
  // What each removed value is instead. Nodes come in order, so an entry is final when it is read.
  std::unordered_map<ValueId, ValueId> instead;
  const auto resolve = [&instead](ValueId& id) {
    if (const auto it = instead.find(id); it != instead.end()) id = it->second;
  };
  for (Node& node : graph.nodes()) {
    std::for_each(node.inputs.begin(), node.inputs.end(), resolve);
    if (node.inputs.empty() || node.inputs[0] == kNoValue || node.outputs.size() != 1) continue;
    if (!changes_nothing(graph, node)) continue;
    const ValueId input = node.inputs[0];
    const ValueId output = node.outputs[0];
    // A model output keeps its own node unless another node makes the value it forwards: inputs
    // and constants cannot be outputs' buffers.
    if (rewriter.is_graph_output(output) && rewriter.producer(input) == nullptr) continue;
    instead.emplace(output, input);
    rewriter.kill(node);
  }
  std::for_each(graph.outputs.begin(), graph.outputs.end(), resolve);
  return rewriter.finish();
}

}  // namespace poacl
