// A Quantize behind operators that only move elements is done in front of them: they then move
// bytes, and whoever makes the elements can quantise them at once.
#include <algorithm>

#include "compile/passes.h"
#include "compile/quantised_values.h"

namespace poacl {
namespace {

constexpr std::string_view kMovers[] = {"Reshape", "TransposeD", "Flatten", "Squeeze", "Unsqueeze"};

bool moves(const Node& node) {
  return std::find(std::begin(kMovers), std::end(kMovers), node.type) != std::end(kMovers);
}

// Swaps the Quantize with the mover in front of it; false when it cannot be done.
bool raise(Graph& graph, Rewriter& rewriter, Node& node) {
  if (node.type != "Quantize" || graph.value(node.inputs[0]).dtype != DataType::kFloat) {
    return false;
  }
  const Tensor* scale = rewriter.constant(node, 1);
  if (scale == nullptr || scale->count() != 1 || node.attrs.get_int("block_size") != 0)
    return false;
  if (node.inputs.size() > 2 && node.inputs[2] != kNoValue &&
      rewriter.constant(node, 2) == nullptr) {
    return false;
  }
  Node* mover = rewriter.producer(node.inputs[0]);
  if (mover == nullptr || !moves(*mover) || !rewriter.used_once(node.inputs[0])) return false;
  Value& between = graph.value(node.inputs[0]);
  const Value& source = graph.value(mover->inputs[0]);
  if (source.is_constant() || !source.fully_known()) return false;
  between.dtype = graph.value(node.outputs[0]).dtype;
  between.dims = source.dims;
  std::swap(node.type, mover->type);
  std::swap(node.attrs, mover->attrs);
  std::swap(node.name, mover->name);
  std::swap(node.origins, mover->origins);
  // Each keeps its place and its result; the first operands are those of the places.
  std::swap(node.inputs, mover->inputs);
  std::swap(node.inputs[0], mover->inputs[0]);
  return true;
}

// The integers that a Quantize makes again from what was dequantised of them.
ValueId same_integers(Graph& graph, Rewriter& rewriter, const Node& node) {
  const auto q = quantised(graph, rewriter, node);
  if (!q || !q->absorbed.empty()) return kNoValue;
  const auto d = dequantised_bytes(graph, rewriter, q->source);
  const bool same = d && d->type == q->type && d->scales[0] == q->scale && d->zeros[0] == q->zero;
  return same ? d->integers : kNoValue;
}

}  // namespace

Status raise_quantise(Graph& graph) {
  Rewriter rewriter(graph);
  // From the back, so that one Quantize passes several movers.
  for (size_t i = graph.nodes().size(); i-- > 0;) raise(graph, rewriter, graph.nodes()[i]);
  for (const Node& node : graph.nodes()) {
    const ValueId integers = same_integers(graph, rewriter, node);
    if (integers != kNoValue && !rewriter.is_graph_output(node.outputs[0])) {
      graph.replace_uses(node.outputs[0], integers);
    }
  }
  return rewriter.finish();
}

}  // namespace poacl
