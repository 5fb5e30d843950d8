// Quantised attention as exporters spell it out, products of quantised tensors with a softmax of
// floats between them, becomes one operator on the integers.
#include <algorithm>

#include "compile/passes.h"
#include "compile/quantised_values.h"

namespace poacl {
namespace {

constexpr int64_t kMostProducts = 16384;  // that add up without overflow

struct Match {
  NodeId node;  // the Quantize of the result
  Dequantised query, key, value;
  std::vector<int64_t> key_perm;  // what was done to the key to make it the second operand
  Quantised scores, shares, result;
  ValueId mask = kNoValue;
  float scale = 1.0f;
};

class Finder {
 public:
  explicit Finder(Graph& graph) : graph_(graph), rewriter_(graph) {}

  bool find(NodeId id, Match* match) {
    match->node = id;
    const auto result = quantised(graph_, rewriter_, graph_.node(id));
    if (!result || !plain(*result)) return false;
    match->result = *result;
    const Node* mix = product(result->source);
    if (mix == nullptr) return false;
    const auto value = operand(mix->inputs[1]);
    const auto shares = requantised(mix->inputs[0]);
    if (!value || !shares) return false;
    match->value = *value;
    match->shares = *shares;
    const Node* softmax = inner(shares->source, "SoftmaxV2");
    return softmax != nullptr && over_last_axis(*softmax) &&
           find_scores(softmax->inputs[0], match) && fits(*match);
  }

 private:
  const Node* inner(ValueId value, std::string_view type) {
    const Node* node = rewriter_.producer(value, type);
    return node != nullptr && rewriter_.used_once(value) && node->outputs.size() == 1 ? node
                                                                                      : nullptr;
  }

  // Without clipping activations in front.
  static bool plain(const Quantised& q) { return q.absorbed.empty(); }

  const Node* product(ValueId value) {
    const Node* node = inner(value, "BatchMatMulV2");
    const bool bare = node != nullptr &&
                      (node->inputs.size() == 2 || node->inputs[2] == kNoValue) &&
                      !node->attrs.get_bool("adj_x1") && !node->attrs.get_bool("adj_x2") &&
                      !node->attrs.has("activation");
    return bare ? node : nullptr;
  }

  std::optional<Dequantised> operand(ValueId value) {
    const auto d = dequantised_bytes(graph_, rewriter_, value);
    if (!d || graph_.value(d->integers).is_constant()) return std::nullopt;
    const Value& integers = graph_.value(d->integers);
    return integers.fully_known() && integers.dims.size() == 4 ? d : std::nullopt;
  }

  // The Quantize of a value that is dequantised again for one reader.
  std::optional<Quantised> requantised(ValueId value) {
    const auto d = dequantised_bytes(graph_, rewriter_, value);
    if (!d || !rewriter_.used_once(value) || !rewriter_.used_once(d->integers)) return std::nullopt;
    const Node* node = rewriter_.producer(d->integers, "Quantize");
    if (node == nullptr) return std::nullopt;
    const auto q = quantised(graph_, rewriter_, *node);
    if (!q || !plain(*q) || q->type != d->type || q->scale != d->scales[0] ||
        q->zero != d->zeros[0]) {
      return std::nullopt;
    }
    return q;
  }

  bool over_last_axis(const Node& softmax) const {
    const Value& x = graph_.value(softmax.inputs[0]);
    const auto axes = softmax.attrs.get_ints("axes", {-1});
    return x.fully_known() && x.dims.size() == 4 && axes.size() == 1 &&
           (axes[0] == 3 || axes[0] == -1);
  }

  // The quantised product, perhaps times or through a number, perhaps plus a mask.
  bool find_scores(ValueId scores, Match* match) {
    if (find_scaled(scores, match)) return true;
    const Node* add = inner(scores, "Add");
    if (add == nullptr || add->inputs.size() != 2 || add->attrs.has("activation")) return false;
    for (size_t side = 0; side < 2; ++side) {
      if (!find_scaled(add->inputs[side], match)) continue;
      match->mask = add->inputs[1 - side];
      const Value& mask = graph_.value(match->mask);
      return mask.dtype == DataType::kFloat && mask.fully_known() && !mask.dims.empty() &&
             mask.dims.size() <= 4 &&
             graph_.value(add->outputs[0]).dims == graph_.value(add->inputs[side]).dims;
    }
    return false;
  }

  bool find_scaled(ValueId scores, Match* match) {
    match->scale = 1.0f;
    if (!rewriter_.used_once(scores)) return false;
    const Node* node = rewriter_.producer(scores);
    if (node != nullptr && (node->type == "Mul" || node->type == "RealDiv")) {
      const bool quotient = node->type == "RealDiv";
      for (size_t side = 0; side < (quotient ? 1u : 2u); ++side) {
        const auto factor = constant_scalar(rewriter_.constant(*node, 1 - side));
        if (!factor || *factor == 0.0f || !take_product(node->inputs[side], match)) continue;
        match->scale = quotient ? 1.0f / *factor : *factor;
        return true;
      }
      return false;
    }
    return take_product(scores, match);
  }

  bool take_product(ValueId scores, Match* match) {
    const auto q = requantised(scores);
    const Node* node = q ? product(q->source) : nullptr;
    if (node == nullptr) return false;
    const auto query = operand(node->inputs[0]);
    const auto key = operand(node->inputs[1]);
    if (!query || !key) return false;
    match->scores = *q;
    match->query = *query;
    match->key = *key;
    return true;
  }

  bool fits(const Match& match) const {
    const Dims& q = graph_.value(match.query.integers).dims;
    const Dims& k = graph_.value(match.key.integers).dims;  // transposed
    const Dims& v = graph_.value(match.value.integers).dims;
    return k[0] == q[0] && k[1] == q[1] && k[2] == q[3] && v[0] == q[0] && v[1] == q[1] &&
           v[2] == k[3] && q[3] <= kMostProducts && v[2] <= kMostProducts;
  }

  Graph& graph_;
  Rewriter rewriter_;
};

// Where a value comes from through TransposeD, and by which one that would be.
struct Origin {
  ValueId value;
  std::vector<int64_t> perm;
};

Origin origin_of(Graph& graph, ValueId value) {
  Origin origin = {value, {0, 1, 2, 3}};
  while (graph.value(origin.value).producer != kNoNode) {
    const Node& node = graph.node(graph.value(origin.value).producer);
    const auto perm = node.attrs.get_ints("perm");
    if (node.type != "TransposeD" || perm.size() != 4) break;
    for (int64_t& axis : origin.perm) axis = perm[static_cast<size_t>(axis)];
    origin.value = node.inputs[0];
  }
  return origin;
}

class Writer {
 public:
  explicit Writer(Graph& graph) : graph_(graph) {}

  void run(const Match& match) {
    const std::vector<int64_t> swapped = {0, 2, 1, 3};
    const Origin query = origin_of(graph_, match.query.integers);
    Origin key = origin_of(graph_, match.key.integers);
    std::swap(key.perm[2], key.perm[3]);
    const Origin value = origin_of(graph_, match.value.integers);
    const bool rows = query.perm == swapped && key.perm == swapped && value.perm == swapped;
    const std::string name = graph_.node(match.node).name;
    AttrMap attrs;
    set(match, rows, &attrs);
    std::vector<ValueId> inputs = {query.value, key.value, value.value};
    if (!rows) {
      inputs = {match.query.integers, transposed(key, name + "/key"), match.value.integers};
    }
    if (match.mask != kNoValue) inputs.push_back(match.mask);
    if (!rows) {
      Node& node = graph_.node(match.node);
      node.type = "QuantAttention";
      node.inputs = std::move(inputs);
      node.attrs = std::move(attrs);
      return;
    }
    const NodeId id = graph_.add_node(name + "/attention", "QuantAttention", std::move(inputs),
                                      {name + "/attention:0"}, std::move(attrs));
    Node& node = graph_.node(match.node);
    graph_.node(id).origins = node.origins;
    const ValueId made = graph_.node(id).outputs[0];
    const Dims& q = graph_.value(match.query.integers).dims;
    Value& result = graph_.value(made);
    result.dtype = match.result.type;
    result.dims = {q[0], q[2], q[1], graph_.value(match.value.integers).dims[3]};
    result.shape_known = true;
    node.type = "TransposeD";
    node.inputs = {made};
    node.attrs = {};
    node.attrs.set("perm", swapped);
  }

 private:
  ValueId transposed(const Origin& origin, const std::string& name) {
    if (origin.perm == std::vector<int64_t>{0, 1, 2, 3}) return origin.value;
    AttrMap attrs;
    attrs.set("perm", origin.perm);
    const NodeId id =
        graph_.add_node(name, "TransposeD", {origin.value}, {name + ":0"}, std::move(attrs));
    return graph_.node(id).outputs[0];
  }

  static void set(const Match& match, bool rows, AttrMap* attrs) {
    attrs->set("layout", std::string(rows ? "BSND" : "BNSD"));
    attrs->set("scale_value", match.scale);
    const auto operand = [attrs](const std::string& name, const Dequantised& d) {
      attrs->set(name + "_scale", d.scales[0]);
      attrs->set(name + "_offset", static_cast<int64_t>(d.zeros[0]));
    };
    operand("query", match.query);
    operand("key", match.key);
    operand("value", match.value);
    const auto result = [attrs](const std::string& name, const Quantised& q) {
      attrs->set(name + "_scale", q.scale);
      attrs->set(name + "_offset", static_cast<int64_t>(q.zero));
      attrs->set(name + "_dtype", q.type);
    };
    result("score", match.scores);
    result("share", match.shares);
    result("y", match.result);
  }

  Graph& graph_;
};

// Two transpositions one behind the other are one, or none.
void join_transpositions(Graph& graph) {
  for (Node& node : graph.nodes()) {
    if (node.type != "TransposeD" || graph.value(node.outputs[0]).dims.size() != 4) continue;
    const Origin origin = origin_of(graph, node.outputs[0]);
    if (origin.value == node.inputs[0]) continue;
    if (origin.perm == std::vector<int64_t>{0, 1, 2, 3}) {
      const auto& outputs = graph.outputs;
      if (std::find(outputs.begin(), outputs.end(), node.outputs[0]) != outputs.end()) continue;
      graph.replace_uses(node.outputs[0], origin.value);
    } else {
      node.inputs = {origin.value};
      node.attrs.set("perm", origin.perm);
    }
  }
}

}  // namespace

Status recognise_quant_attention(Graph& graph) {
  std::vector<Match> matches;
  {
    Finder finder(graph);
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
      Match match;
      if (finder.find(static_cast<NodeId>(i), &match)) matches.push_back(std::move(match));
    }
  }
  for (const Match& match : matches) Writer(graph).run(match);
  if (!matches.empty()) join_transpositions(graph);
  return graph.compact();
}

}  // namespace poacl
