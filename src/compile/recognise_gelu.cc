// GELU as exporters spell it out, by the error function or by tanh, becomes one operator.
#include <cmath>

#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

bool near(std::optional<float> value, double expected) {
  return value && std::fabs(static_cast<double>(*value) - expected) <= 1e-6 * std::fabs(expected);
}

// For x * c, c * x or x / (1 / c): x, when the constant is c; kNoValue otherwise.
ValueId scaled_by(Rewriter& rewriter, ValueId value, double c) {
  const Node* node = rewriter.producer(value);
  if (node == nullptr || node->inputs.size() != 2) return kNoValue;
  if (node->type == "RealDiv") {
    return near(constant_scalar(rewriter.constant(*node, 1)), 1.0 / c) ? node->inputs[0] : kNoValue;
  }
  if (node->type != "Mul") return kNoValue;
  for (size_t side = 0; side < 2; ++side) {
    if (near(constant_scalar(rewriter.constant(*node, 1 - side)), c)) return node->inputs[side];
  }
  return kNoValue;
}

// x when `value` is x^3.
bool is_cube(Rewriter& rewriter, ValueId value, ValueId x) {
  const Node* node = rewriter.producer(value);
  if (node == nullptr || node->inputs.size() != 2) return false;
  if (node->type == "Pow") {
    return node->inputs[0] == x && constant_scalar(rewriter.constant(*node, 1)) == 3.0f;
  }
  for (size_t side = 0; node->type == "Mul" && side < 2; ++side) {
    const Node* square = rewriter.producer(node->inputs[1 - side]);
    if (node->inputs[side] != x || square == nullptr) continue;
    const bool mul = square->type == "Mul" && square->inputs[0] == x && square->inputs[1] == x;
    const bool pow = square->type == "Pow" && square->inputs[0] == x &&
                     constant_scalar(rewriter.constant(*square, 1)) == 2.0f;
    if (mul || pow) return true;
  }
  return false;
}

// x when `value` is sqrt(2 / pi) * (x + 0.044715 x^3).
ValueId tanh_argument(Rewriter& rewriter, ValueId value) {
  const Node* sum =
      rewriter.producer(scaled_by(rewriter, value, std::sqrt(2.0 / std::acos(-1.0))), "Add");
  if (sum == nullptr || sum->inputs.size() != 2) return kNoValue;
  for (size_t side = 0; side < 2; ++side) {
    const ValueId x = sum->inputs[side];
    const ValueId cube = scaled_by(rewriter, sum->inputs[1 - side], 0.044715);
    if (cube != kNoValue && is_cube(rewriter, cube, x)) return x;
  }
  return kNoValue;
}

struct Gate {
  ValueId x = kNoValue;
  bool tanh = false;
};

// x of 1 + erf(x / sqrt(2)) or 1 + tanh(...).
Gate gate_of(Rewriter& rewriter, ValueId value) {
  Gate gate;
  const Node* add = rewriter.producer(value, "Add");
  if (add == nullptr || add->inputs.size() != 2) return gate;
  for (size_t side = 0; side < 2; ++side) {
    if (constant_scalar(rewriter.constant(*add, 1 - side)) != 1.0f) continue;
    if (const Node* erf = rewriter.producer(add->inputs[side], "Erf")) {
      gate.x = scaled_by(rewriter, erf->inputs[0], std::sqrt(0.5));
    } else if (const Node* tanh = rewriter.producer(add->inputs[side], "Tanh")) {
      gate.x = tanh_argument(rewriter, tanh->inputs[0]);
      gate.tanh = true;
    }
  }
  return gate;
}

// The two values whose product half of `node` is, in any order of multiplication.
bool is_gelu(Rewriter& rewriter, const Node& node, Gate* gate) {
  if (node.type != "Mul" || node.inputs.size() != 2) return false;
  for (size_t side = 0; side < 2; ++side) {
    const ValueId a = node.inputs[side];
    const ValueId b = node.inputs[1 - side];
    // (0.5 x) * gate, x * (0.5 gate).
    *gate = gate_of(rewriter, b);
    if (gate->x != kNoValue && scaled_by(rewriter, a, 0.5) == gate->x) return true;
    const ValueId halved = scaled_by(rewriter, b, 0.5);
    *gate = gate_of(rewriter, halved);
    if (gate->x != kNoValue && gate->x == a) return true;
    // 0.5 * (x * gate).
    const Node* product = rewriter.producer(b, "Mul");
    if (product == nullptr || !near(constant_scalar(rewriter.constant(node, side)), 0.5)) continue;
    for (size_t inner = 0; inner < 2; ++inner) {
      *gate = gate_of(rewriter, product->inputs[1 - inner]);
      if (gate->x != kNoValue && gate->x == product->inputs[inner]) return true;
    }
  }
  return false;
}

}  // namespace

Status recognise_gelu(Graph& graph) {
  Rewriter rewriter(graph);
  for (Node& node : graph.nodes()) {
    if (node.outputs.size() != 1 || graph.value(node.outputs[0]).dtype != DataType::kFloat) {
      continue;
    }
    Gate gate;
    if (!is_gelu(rewriter, node, &gate)) continue;
    // A constant of higher rank than x raises the rank of the result; the operator would not.
    const Value& x = graph.value(gate.x);
    const Value& y = graph.value(node.outputs[0]);
    if (!x.shape_known || !y.shape_known || x.dims.size() != y.dims.size()) continue;
    node.type = "GeluV2";
    node.inputs = {gate.x};
    node.attrs = {};
    node.attrs.set("approximate", std::string(gate.tanh ? "tanh" : "none"));
  }
  return rewriter.finish();
}

}  // namespace poacl
