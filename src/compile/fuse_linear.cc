// Sums behind matrix products join them.
#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

bool is_product(const Node& node) {
  return node.type == "MatMulV2" || node.type == "BatchMatMulV2";
}

class Fuser {
 public:
  explicit Fuser(Graph& graph) : graph_(graph), rewriter_(graph) {}

  Status run() {
    for (Node& node : graph_.nodes()) {
      const bool sum = node.type == "Add" && node.inputs.size() == 2 &&
                       node.inputs[0] != node.inputs[1] && !node.attrs.has("activation") &&
                       graph_.value(node.outputs[0]).dtype == DataType::kFloat;
      if (sum && !fuse_bias(node)) fuse_residual(node);
    }
    return rewriter_.finish();
  }

 private:
  static bool has(const Node& node, size_t input) {
    return node.inputs.size() > input && node.inputs[input] != kNoValue;
  }

  // The product that makes input `side` of `add` for it alone, of the sum's own shape.
  Node* product(const Node& add, size_t side) {
    const ValueId value = add.inputs[side];
    Node* node = rewriter_.producer(value);
    if (node == nullptr || !is_product(*node) || !rewriter_.used_once(value) ||
        node->attrs.has("activation") || has(*node, 3)) {
      return nullptr;
    }
    const Value& own = graph_.value(value);
    const Value& sum = graph_.value(add.outputs[0]);
    const bool same = own.fully_known() && sum.fully_known() && own.dims == sum.dims;
    return same && own.dims.size() >= 2 ? node : nullptr;
  }

  void set_input(Node& node, size_t input, ValueId value) {
    node.inputs.resize(std::max(node.inputs.size(), input + 1), kNoValue);
    node.inputs[input] = value;
  }

  bool fuse_bias(Node& add) {
    for (size_t side = 0; side < 2; ++side) {
      const Tensor* bias = rewriter_.constant(add, 1 - side);
      Node* node = product(add, side);
      if (bias == nullptr || node == nullptr || has(*node, 2)) continue;
      const int64_t columns = graph_.value(add.outputs[0]).dims.back();
      if (bias->dtype != DataType::kFloat || bias->dims.empty() || bias->dims.back() != columns ||
          bias->count() != columns) {
        continue;
      }
      ValueId id = add.inputs[1 - side];
      if (bias->dims.size() != 1) {
        id = graph_.add_constant(graph_.value(id).name + "/bias",
                                 Tensor{DataType::kFloat, {columns}, bias->buffer});
      }
      set_input(*node, 2, id);
      rewriter_.absorb(*node, add);
      return true;
    }
    return false;
  }

  void fuse_residual(Node& add) {
    Node* const takers[2] = {product(add, 0), product(add, 1)};
    if (takers[0] == nullptr && takers[1] == nullptr) return;
    const size_t side = takers[0] > takers[1] ? 0 : 1;
    const Value& other = graph_.value(add.inputs[1 - side]);
    if (other.is_constant() || !other.fully_known() ||
        other.dims != graph_.value(add.outputs[0]).dims) {
      return;
    }
    set_input(*takers[side], 3, add.inputs[1 - side]);
    rewriter_.absorb(*takers[side], add);
  }

  Graph& graph_;
  Rewriter rewriter_;
};

}  // namespace

Status fuse_linear(Graph& graph) {
  return Fuser(graph).run();
}

}  // namespace poacl
