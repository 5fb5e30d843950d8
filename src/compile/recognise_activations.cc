#include <cmath>

#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

bool near(std::optional<float> value, float expected) {
  return value && std::fabs(*value - expected) <= 1e-6f * (1.0f + std::fabs(expected));
}

// For a commutative node with one scalar constant: the other input, when the constant matches.
ValueId other_input_if(const Rewriter& rewriter, const Node& node, float constant) {
  if (node.inputs.size() != 2) return kNoValue;
  if (near(constant_scalar(rewriter.constant(node, 1)), constant)) return node.inputs[0];
  if (near(constant_scalar(rewriter.constant(node, 0)), constant)) return node.inputs[1];
  return kNoValue;
}

// x when `value` is min(max(x + 3, 0), 6).
ValueId clipped_plus_three(Rewriter& rewriter, ValueId value) {
  const Node* clip = rewriter.producer(value);
  if (clip == nullptr) return kNoValue;
  const bool clip_0_6 =
      clip->type == "Relu6" ||
      (clip->type == "ClipByValue" && near(constant_scalar(rewriter.constant(*clip, 1)), 0.0f) &&
       near(constant_scalar(rewriter.constant(*clip, 2)), 6.0f));
  if (!clip_0_6) return kNoValue;
  const Node* add = rewriter.producer(clip->inputs[0], "Add");
  return add == nullptr ? kNoValue : other_input_if(rewriter, *add, 3.0f);
}

// y when `node` is y / 6, however it is spelled.
ValueId sixth(Rewriter& rewriter, const Node& node) {
  if (node.type == "RealDiv" && near(constant_scalar(rewriter.constant(node, 1)), 6.0f)) {
    return node.inputs[0];
  }
  if (node.type == "Mul") return other_input_if(rewriter, node, 1.0f / 6.0f);
  return kNoValue;
}

// A constant of higher rank than x raises the rank of the result; the operator would not.
bool keeps_shape(const Graph& graph, const Node& node, ValueId x) {
  const Value& input = graph.value(x);
  const Value& output = graph.value(node.outputs[0]);
  return input.fully_known() && output.fully_known() && input.dims == output.dims;
}

void become(Node& node, std::string_view type, ValueId input) {
  node.type = type;
  node.inputs = {input};
  node.attrs = {};
}

void try_hard_sigmoid(const Graph& graph, Rewriter& rewriter, Node& node) {
  const ValueId scaled = sixth(rewriter, node);
  if (scaled == kNoValue) return;
  if (const ValueId x = clipped_plus_three(rewriter, scaled);
      x != kNoValue && keeps_shape(graph, node, x)) {
    become(node, "HardSigmoid", x);
    node.attrs.set("alpha", 1.0f / 6.0f);
    node.attrs.set("beta", 0.5f);
    return;
  }
  const Node* product = rewriter.producer(scaled, "Mul");
  if (product == nullptr || product->inputs.size() != 2) return;
  for (int side = 0; side < 2; ++side) {
    const ValueId x = product->inputs[static_cast<size_t>(side)];
    if (clipped_plus_three(rewriter, product->inputs[static_cast<size_t>(1 - side)]) == x &&
        keeps_shape(graph, node, x)) {
      become(node, "HardSwish", x);
      return;
    }
  }
}

void try_gate(Rewriter& rewriter, Node& node) {
  if (node.type != "Mul" || node.inputs.size() != 2) return;
  for (int side = 0; side < 2; ++side) {
    const ValueId x = node.inputs[static_cast<size_t>(side)];
    const Node* gate = rewriter.producer(node.inputs[static_cast<size_t>(1 - side)]);
    if (gate == nullptr || gate->inputs.empty() || gate->inputs[0] != x) continue;
    if (gate->type == "Sigmoid") {
      become(node, "Swish", x);
      node.attrs.set("scale", 1.0f);
      return;
    }
    if (gate->type == "HardSigmoid" && near(gate->attrs.get_float("alpha"), 1.0f / 6.0f) &&
        near(gate->attrs.get_float("beta"), 0.5f)) {
      become(node, "HardSwish", x);
      return;
    }
  }
}

}  // namespace

Status recognise_activations(Graph& graph) {
  Rewriter rewriter(graph);
  for (Node& node : graph.nodes()) {
    if (node.outputs.size() != 1 || graph.value(node.outputs[0]).dtype != DataType::kFloat) {
      continue;
    }
    try_hard_sigmoid(graph, rewriter, node);
    try_gate(rewriter, node);
  }
  return rewriter.finish();
}

}  // namespace poacl
