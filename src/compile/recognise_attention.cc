// softmax(q k^T * scale + mask) v, as exporters spell it out, becomes one operator, which keeps the
// scores of a few queries at a time.
#include <algorithm>

#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

struct Match {
  NodeId node;  // the product with v
  ValueId query, value, mask;
  ValueId key;  // to be transposed by `perm`; as it is when that is empty
  std::vector<int64_t> perm;
  float scale;
};

class Finder {
 public:
  explicit Finder(Graph& graph) : graph_(graph), rewriter_(graph) {}

  bool find(NodeId id, Match* match) {
    const Node& node = graph_.node(id);
    if (!is_product(node)) return false;
    const Node* softmax = inner(node.inputs[0], "SoftmaxV2");
    if (softmax == nullptr || !over_last_axis(*softmax)) return false;
    match->node = id;
    match->value = node.inputs[1];
    match->mask = kNoValue;
    ValueId scores = softmax->inputs[0];
    if (find_product(scores, match)) return fits(*match);
    const Node* add = inner(scores, "Add");
    if (add == nullptr || add->inputs.size() != 2) return false;
    for (size_t side = 0; side < 2; ++side) {
      if (!find_product(add->inputs[side], match)) continue;
      match->mask = add->inputs[1 - side];
      return fits(*match) && mask_fits(*match, graph_.value(add->outputs[0]).dims);
    }
    return false;
  }

 private:
  // The node of this type that makes `value` for one reader alone.
  const Node* inner(ValueId value, std::string_view type) {
    const Node* node = rewriter_.producer(value, type);
    return node != nullptr && rewriter_.used_once(value) && node->outputs.size() == 1 ? node
                                                                                      : nullptr;
  }

  bool is_product(const Node& node) const {
    const bool bare =
        node.inputs.size() == 2 || (node.inputs.size() == 3 && node.inputs[2] == kNoValue);
    return node.type == "BatchMatMulV2" && bare && !node.attrs.get_bool("adj_x1") &&
           !node.attrs.get_bool("adj_x2") &&
           node.attrs.get_string("activation", "none") == "none" &&
           graph_.value(node.outputs[0]).dtype == DataType::kFloat;
  }

  bool over_last_axis(const Node& softmax) const {
    const Value& x = graph_.value(softmax.inputs[0]);
    const auto axes = softmax.attrs.get_ints("axes", {-1});
    return x.fully_known() && x.dims.size() == 4 && axes.size() == 1 &&
           (axes[0] == 3 || axes[0] == -1);
  }

  // q k^T, perhaps times or through a number.
  bool find_product(ValueId scores, Match* match) {
    match->scale = 1.0f;
    const Node* node = rewriter_.producer(scores);
    if (node == nullptr || !rewriter_.used_once(scores)) return false;
    if (node->type == "Mul" || node->type == "RealDiv") {
      const bool quotient = node->type == "RealDiv";
      for (size_t side = 0; side < (quotient ? 1u : 2u); ++side) {
        const auto factor = constant_scalar(rewriter_.constant(*node, 1 - side));
        const Node* product = inner(node->inputs[side], "BatchMatMulV2");
        if (!factor || *factor == 0.0f || product == nullptr) continue;
        match->scale = quotient ? 1.0f / *factor : *factor;
        return take_product(*product, match);
      }
      return false;
    }
    return take_product(*node, match);
  }

  bool take_product(const Node& product, Match* match) {
    if (!is_product(product)) return false;
    match->query = product.inputs[0];
    match->key = product.inputs[1];
    match->perm = {0, 1, 3, 2};
    // A transposition of k that is there already is undone or changed, not followed by another.
    const Node* transpose = rewriter_.producer(match->key, "TransposeD");
    if (transpose == nullptr) return true;
    auto perm = transpose->attrs.get_ints("perm");
    if (perm.size() != 4) return false;
    std::swap(perm[2], perm[3]);
    match->key = transpose->inputs[0];
    match->perm = perm == std::vector<int64_t>{0, 1, 2, 3} ? std::vector<int64_t>() : perm;
    return true;
  }

  bool fits(const Match& match) const {
    for (const ValueId id : {match.query, match.key, match.value}) {
      if (!graph_.value(id).fully_known() || graph_.value(id).dims.size() != 4) return false;
    }
    const Dims& q = graph_.value(match.query).dims;
    const Dims& v = graph_.value(match.value).dims;
    const Dims& source = graph_.value(match.key).dims;
    Dims k = source;
    for (size_t i = 0; i < match.perm.size(); ++i)
      k[i] = source[static_cast<size_t>(match.perm[i])];
    return k[0] == q[0] && k[1] == q[1] && k[3] == q[3] && v[0] == q[0] && v[1] == q[1] &&
           v[2] == k[2];
  }

  // The mask broadcasts to the scores and not the other way round.
  bool mask_fits(const Match& match, const Dims& sum) const {
    const Value& mask = graph_.value(match.mask);
    const Dims& q = graph_.value(match.query).dims;
    const Dims scores = {q[0], q[1], q[2], graph_.value(match.value).dims[2]};
    return mask.dtype == DataType::kFloat && mask.fully_known() && !mask.dims.empty() &&
           mask.dims.size() <= 4 && sum == scores;
  }

  Graph& graph_;
  Rewriter rewriter_;
};

void rewrite(Graph& graph, const Match& match) {
  ValueId key = match.key;
  if (!match.perm.empty()) {
    const std::string name = graph.node(match.node).name + "/key";
    AttrMap attrs;
    attrs.set("perm", match.perm);
    const NodeId id = graph.add_node(name, "TransposeD", {key}, {name + ":0"}, std::move(attrs));
    key = graph.node(id).outputs[0];
  }
  Node& node = graph.node(match.node);
  node.type = "FusedInferAttentionScore";
  node.inputs = {match.query, key, match.value};
  if (match.mask != kNoValue) node.inputs.push_back(match.mask);
  node.attrs = {};
  node.attrs.set("scale_value", match.scale);
}

}  // namespace

Status recognise_attention(Graph& graph) {
  std::vector<Match> matches;
  Finder finder(graph);
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    Match match;
    if (finder.find(static_cast<NodeId>(i), &match)) matches.push_back(std::move(match));
  }
  for (const Match& match : matches) rewrite(graph, match);
  return graph.compact();
}

}  // namespace poacl
