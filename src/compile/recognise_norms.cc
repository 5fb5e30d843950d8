// Layer and RMS normalisation as exporters spell them out become one operator.
#include <algorithm>

#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

// The first of the last dimensions that a ReduceMean takes, when it takes all from there on and
// keeps them as 1; -1 otherwise.
int64_t first_axis(const Graph& graph, const Rewriter& rewriter, const Node& node) {
  const Value& x = graph.value(node.inputs[0]);
  const Tensor* axes = rewriter.constant(node, 1);
  if (!x.fully_known() || axes == nullptr || !node.attrs.get_bool("keep_dims")) return -1;
  const auto rank = static_cast<int64_t>(x.dims.size());
  std::vector<int64_t> list;
  for (size_t i = 0; i < static_cast<size_t>(axes->count()); ++i) {
    const int64_t axis =
        axes->dtype == DataType::kInt64 ? axes->as<int64_t>()[i] : axes->as<int32_t>()[i];
    list.push_back(axis < 0 ? axis + rank : axis);
  }
  std::sort(list.begin(), list.end());
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] != rank - static_cast<int64_t>(list.size() - i)) return -1;
  }
  return list.empty() ? -1 : list[0];
}

// x when `value` is x * x or x to the power of 2.
ValueId squared(Rewriter& rewriter, ValueId value) {
  const Node* node = rewriter.producer(value);
  if (node == nullptr || node->inputs.size() != 2) return kNoValue;
  const bool square = (node->type == "Mul" && node->inputs[0] == node->inputs[1]) ||
                      (node->type == "Pow" && constant_scalar(rewriter.constant(*node, 1)) == 2.0f);
  return square ? node->inputs[0] : kNoValue;
}

// What is divided by the root of its own mean square.
struct Spread {
  ValueId centred = kNoValue;  // whose squares are averaged
  int64_t axis = -1;
  float epsilon = 0;
};

// mean(centred^2) + epsilon.
Spread spread_of(Graph& graph, Rewriter& rewriter, ValueId value) {
  Spread spread;
  const Node* add = rewriter.producer(value, "Add");
  if (add == nullptr || add->inputs.size() != 2) return spread;
  for (size_t side = 0; side < 2; ++side) {
    const auto epsilon = constant_scalar(rewriter.constant(*add, 1 - side));
    const Node* mean = rewriter.producer(add->inputs[side], "ReduceMean");
    if (!epsilon || *epsilon < 0 || mean == nullptr) continue;
    spread.centred = squared(rewriter, mean->inputs[0]);
    spread.axis = first_axis(graph, rewriter, *mean);
    spread.epsilon = *epsilon;
    return spread;
  }
  return spread;
}

// The divisor when `value` is 1 / root(divisor), however it is spelled.
ValueId reciprocal_root(Rewriter& rewriter, ValueId value) {
  const Node* node = rewriter.producer(value);
  if (node == nullptr) return kNoValue;
  if (node->type == "Rsqrt") return node->inputs[0];
  ValueId divisor = kNoValue;
  if (node->type == "Reciprocal") divisor = node->inputs[0];
  if (node->type == "RealDiv" && constant_scalar(rewriter.constant(*node, 0)) == 1.0f) {
    divisor = node->inputs[1];
  }
  const Node* root = rewriter.producer(divisor, "Sqrt");
  return root == nullptr ? kNoValue : root->inputs[0];
}

// The product or quotient that normalises; false when `node` is none.
bool find_spread(Graph& graph, Rewriter& rewriter, const Node& node, ValueId* x, Spread* spread) {
  if (node.inputs.size() != 2) return false;
  if (node.type == "RealDiv") {
    const Node* root = rewriter.producer(node.inputs[1], "Sqrt");
    if (root == nullptr) return false;
    *x = node.inputs[0];
    *spread = spread_of(graph, rewriter, root->inputs[0]);
    return spread->axis >= 0;
  }
  for (size_t side = 0; node.type == "Mul" && side < 2; ++side) {
    const ValueId divisor = reciprocal_root(rewriter, node.inputs[side]);
    if (divisor == kNoValue) continue;
    *x = node.inputs[1 - side];
    *spread = spread_of(graph, rewriter, divisor);
    if (spread->axis >= 0) return true;
  }
  return false;
}

// The value that `centred` is without its mean over the same axes; kNoValue when it is none.
ValueId uncentred(Graph& graph, Rewriter& rewriter, ValueId centred, int64_t axis) {
  const Node* sub = rewriter.producer(centred, "Sub");
  if (sub == nullptr) return kNoValue;
  const Node* mean = rewriter.producer(sub->inputs[1], "ReduceMean");
  if (mean == nullptr || mean->inputs[0] != sub->inputs[0]) return kNoValue;
  return first_axis(graph, rewriter, *mean) == axis ? sub->inputs[0] : kNoValue;
}

// Exporters write the difference once for the square and once more for the quotient.
bool same_difference(Rewriter& rewriter, ValueId a, ValueId b) {
  if (a == b) return true;
  const Node* left = rewriter.producer(a, "Sub");
  const Node* right = rewriter.producer(b, "Sub");
  return left != nullptr && right != nullptr && left->inputs == right->inputs;
}

void try_normalise(Graph& graph, Rewriter& rewriter, Node& node) {
  ValueId x = kNoValue;
  Spread spread;
  if (!find_spread(graph, rewriter, node, &x, &spread) ||
      graph.value(x).dims != graph.value(node.outputs[0]).dims) {
    return;
  }
  const ValueId whole = uncentred(graph, rewriter, x, spread.axis);
  AttrMap attrs;
  attrs.set("begin_norm_axis", spread.axis);
  attrs.set("epsilon", spread.epsilon);
  if (whole != kNoValue && same_difference(rewriter, x, spread.centred)) {
    node.type = "LayerNormV3";
    node.inputs = {whole};
  } else if (x == spread.centred) {
    node.type = "RmsNorm";
    node.inputs = {x};
  } else {
    return;
  }
  node.attrs = std::move(attrs);
}

// The constant of a Mul or Add behind `norm` that has one number per normalised element.
ValueId parameter_of(const Graph& graph, const Rewriter& rewriter, const Node& norm,
                     const Node& consumer) {
  const Value& x = graph.value(norm.inputs[0]);
  const auto axis = static_cast<size_t>(norm.attrs.get_int("begin_norm_axis"));
  const std::span<const int64_t> wanted = std::span<const int64_t>(x.dims).subspan(axis);
  for (size_t side = 0; side < 2; ++side) {
    if (consumer.inputs[1 - side] != norm.outputs[0]) continue;
    const Tensor* constant = rewriter.constant(consumer, side);
    if (constant == nullptr || constant->dims.size() > x.dims.size()) continue;
    // Leading dimensions of 1 change nothing; all others must be there.
    size_t extra = 0;
    while (extra < constant->dims.size() && constant->dims.size() - extra > wanted.size() &&
           constant->dims[extra] == 1) {
      ++extra;
    }
    if (std::equal(constant->dims.begin() + static_cast<int64_t>(extra), constant->dims.end(),
                   wanted.begin(), wanted.end())) {
      return consumer.inputs[side];
    }
  }
  return kNoValue;
}

// Mul by gamma, then Add of beta, go into the normalisation in front of them.
void try_parameters(Graph& graph, Rewriter& rewriter, Node& consumer) {
  if (consumer.inputs.size() != 2) return;
  for (const ValueId input : consumer.inputs) {
    Node* norm = rewriter.producer(input);
    if (norm == nullptr || norm->outputs.size() != 1 || !rewriter.used_once(input)) continue;
    const bool layer = norm->type == "LayerNormV3";
    if (!layer && norm->type != "RmsNorm") continue;
    const size_t port = consumer.type == "Mul" ? 1 : 2;
    const bool free_port = port == 1 ? norm->inputs.size() == 1 : layer && norm->inputs.size() == 2;
    if (!free_port) continue;
    const ValueId parameter = parameter_of(graph, rewriter, *norm, consumer);
    if (parameter == kNoValue) continue;
    norm->inputs.push_back(parameter);
    rewriter.absorb(*norm, consumer);
    return;
  }
}

}  // namespace

Status recognise_norms(Graph& graph) {
  Rewriter rewriter(graph);
  for (Node& node : graph.nodes()) {
    if (!rewriter.alive(node) || node.outputs.size() != 1 ||
        graph.value(node.outputs[0]).dtype != DataType::kFloat) {
      continue;
    }
    if (node.type == "RealDiv" || node.type == "Mul") try_normalise(graph, rewriter, node);
    if (node.type == "Mul" || node.type == "Add") try_parameters(graph, rewriter, node);
  }
  return rewriter.finish();
}

}  // namespace poacl
