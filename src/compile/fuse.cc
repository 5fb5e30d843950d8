#include <limits>

#include "compile/passes.h"
#include "compile/rewrite.h"
#include "kernels/activation.h"

namespace poacl {
namespace {

std::optional<Activation> activation_of_node(const Rewriter& rewriter, const Node& node) {
  const AttrMap& attrs = node.attrs;
  if (node.type == "Relu") return Activation{ActivationKind::kRelu};
  if (node.type == "Relu6") return Activation{ActivationKind::kClip, 0.0f, 6.0f};
  if (node.type == "LeakyRelu") {
    return Activation{ActivationKind::kLeakyRelu, attrs.get_float("negative_slope", 0.01f)};
  }
  if (node.type == "Sigmoid") return Activation{ActivationKind::kSigmoid};
  if (node.type == "Tanh") return Activation{ActivationKind::kTanh};
  if (node.type == "GeluV2") {
    const bool tanh = attrs.get_string("approximate", "none") == "tanh";
    return Activation{tanh ? ActivationKind::kGeluTanh : ActivationKind::kGelu};
  }
  if (node.type == "HardSwish") return Activation{ActivationKind::kHardSwish};
  if (node.type == "Swish" && attrs.get_float("scale", 1.0f) == 1.0f) {
    return Activation{ActivationKind::kSwish};
  }
  if (node.type == "HardSigmoid") {
    return Activation{ActivationKind::kHardSigmoid, attrs.get_float("alpha", 1.0f / 6.0f),
                      attrs.get_float("beta", 0.5f)};
  }
  if (node.type == "ClipByValue") {
    Activation clip{ActivationKind::kClip, -std::numeric_limits<float>::infinity(),
                    std::numeric_limits<float>::infinity()};
    float* const bounds[] = {&clip.alpha, &clip.beta};
    for (size_t i = 0; i < 2; ++i) {
      if (node.inputs.size() <= i + 1 || node.inputs[i + 1] == kNoValue) continue;
      const auto bound = constant_scalar(rewriter.constant(node, i + 1));
      if (!bound) return std::nullopt;
      *bounds[i] = *bound;
    }
    return clip;
  }
  return std::nullopt;
}

bool takes_activation(const Node& node) {
  return node.type == "Conv2D" || node.type == "MatMulV2" || node.type == "BatchMatMulV2" ||
         node.type == "Add";
}

// The Conv2D behind input `side` of an Add that could take the other input as its residual.
Node* residual_taker(const Graph& graph, Rewriter& rewriter, const Node& add, size_t side) {
  const ValueId value = add.inputs[side];
  Node* conv = rewriter.producer(value, "Conv2D");
  if (conv == nullptr || !rewriter.used_once(value) || conv->inputs.size() > 3 ||
      conv->attrs.has("activation")) {
    return nullptr;
  }
  const Value& other = graph.value(add.inputs[1 - side]);
  const Value& own = graph.value(value);
  if (other.is_constant() || !own.fully_known() || !other.fully_known() || own.dims != other.dims) {
    return nullptr;
  }
  return conv;
}

}  // namespace

Status fuse_residuals(Graph& graph) {
  Rewriter rewriter(graph);
  for (Node& add : graph.nodes()) {
    if (add.type != "Add" || add.inputs.size() != 2 || add.inputs[0] == add.inputs[1] ||
        graph.value(add.outputs[0]).dtype != DataType::kFloat || add.attrs.has("activation")) {
      continue;
    }
    Node* takers[2] = {residual_taker(graph, rewriter, add, 0),
                       residual_taker(graph, rewriter, add, 1)};
    if (takers[0] == nullptr && takers[1] == nullptr) continue;
    // Of two convolutions the one that comes later takes the sum: the other is done by then.
    const size_t side = takers[0] > takers[1] ? 0 : 1;
    Node& conv = *takers[side];
    conv.inputs.resize(4, kNoValue);
    conv.inputs[3] = add.inputs[1 - side];
    rewriter.absorb(conv, add);
  }
  return rewriter.finish();
}

Status fuse_activations(Graph& graph) {
  Rewriter rewriter(graph);
  for (Node& node : graph.nodes()) {
    if (node.outputs.size() != 1 || node.inputs.empty() ||
        graph.value(node.outputs[0]).dtype != DataType::kFloat) {
      continue;
    }
    const ValueId input = node.inputs[0];
    Node* producer = rewriter.producer(input);
    if (producer == nullptr || !takes_activation(*producer) || !rewriter.used_once(input) ||
        producer->attrs.has("activation")) {
      continue;
    }
    const auto activation = activation_of_node(rewriter, node);
    if (!activation) continue;
    if (node.type == "GeluV2" && producer->type != "MatMulV2" &&
        producer->type != "BatchMatMulV2") {
      continue;
    }
    set_activation(producer->attrs, *activation);
    rewriter.absorb(*producer, node);
  }
  return rewriter.finish();
}

}  // namespace poacl
