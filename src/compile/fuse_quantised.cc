// What stands behind a quantised product joins it: dequantisation, bias, GELU, a residual sum and
// the next Quantize become QuantLinear. LayerNormV3 and Quantize become LayerNormQuant.
#include <algorithm>
#include <cmath>

#include "compile/passes.h"
#include "compile/quantised_values.h"

namespace poacl {
namespace {

class Fuser {
 public:
  explicit Fuser(Graph& graph) : graph_(graph), rewriter_(graph) {
    readers_.resize(graph.value_count(), kNoNode);
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
      for (const ValueId id : graph.nodes()[i].inputs) {
        if (id != kNoValue) readers_[static_cast<size_t>(id)] = static_cast<NodeId>(i);
      }
    }
  }

  Status run() {
    for (size_t i = 0; i < graph_.nodes().size(); ++i) {
      Node& node = graph_.nodes()[i];
      if (!rewriter_.alive(node)) continue;
      if (node.type == "QuantBatchMatmul") fuse_product(node);
      if (node.type == "LayerNormV3") fuse_norm(node);
    }
    return rewriter_.finish();
  }

 private:
  // The one reader of the value; null when there are more, or the model gives it out.
  Node* only_reader(ValueId value) {
    const NodeId id = readers_[static_cast<size_t>(value)];
    if (id == kNoNode || !rewriter_.used_once(value) || rewriter_.is_graph_output(value)) {
      return nullptr;
    }
    return &graph_.node(id);
  }

  // The Quantize that alone reads the value, without activations between.
  Node* quantiser(ValueId value, Quantised* q) {
    Node* node = only_reader(value);
    const auto read = node == nullptr ? std::nullopt : quantised(graph_, rewriter_, *node);
    if (!read || !read->absorbed.empty() || read->source != value ||
        !std::isnormal(1.0f / read->scale)) {
      return nullptr;
    }
    *q = *read;
    return node;
  }

  struct Chain {
    Node* last = nullptr;  // whose result is the whole's
    std::vector<Node*> absorbed;
    ValueId value = kNoValue;  // the result so far
    void take(Node* node) {
      if (last != nullptr) absorbed.push_back(last);
      last = node;
      value = node->outputs[0];
    }
  };

  void fuse_product(Node& product) {
    const bool rounded = product.inputs.size() == 7 && product.inputs[6] != kNoValue;
    const bool scaled = product.inputs.size() >= 6 && product.inputs[5] != kNoValue;
    const Tensor* weights = rewriter_.constant(product, 1);
    if (!scaled || weights == nullptr || weights->dims.size() != 2) return;
    AttrMap attrs = product.attrs;
    std::vector<ValueId> inputs = product.inputs;
    inputs.resize(9, kNoValue);
    Chain chain;
    chain.take(&product);
    if (rounded && !take_dequantise(product, &chain, &attrs)) return;
    const int64_t columns = weights->dims[1];
    take_bias(columns, &chain, &inputs);
    take_gelu(&chain, &attrs);
    take_addend(&chain, &inputs, &attrs);
    attrs.set("dtype", DataType::kFloat);
    Quantised q;
    if (Node* node = quantiser(chain.value, &q)) {
      chain.take(node);
      attrs.set("dtype", q.type);
      attrs.set("y_scale", q.scale);
      attrs.set("y_zero", static_cast<int64_t>(q.zero));
    }
    if (chain.last == &product) return;
    if (!rounded && chain.absorbed.empty()) return;
    Node& last = *chain.last;
    std::string name = product.name;
    std::vector<std::string> origins;
    for (Node* node : chain.absorbed) {
      origins.insert(origins.end(), node->origins.begin(), node->origins.end());
    }
    last.origins.insert(last.origins.begin(), origins.begin(), origins.end());
    last.type = "QuantLinear";
    last.inputs = std::move(inputs);
    last.attrs = std::move(attrs);
    std::swap(last.name, product.name);
    for (Node* node : chain.absorbed) rewriter_.kill(*node);
  }

  bool take_dequantise(const Node& product, Chain* chain, AttrMap* attrs) {
    Node* node = only_reader(chain->value);
    if (node == nullptr || node->type != "DequantizeLinear") return false;
    const auto d = dequantised_bytes(graph_, rewriter_, node->outputs[0]);
    const Tensor* zero = rewriter_.constant(product, 6);
    if (!d || zero == nullptr || d->integers != chain->value) return false;
    const int32_t offset = zero->dtype == DataType::kInt8
                               ? zero->as<int8_t>()[0]
                               : static_cast<int32_t>(zero->as<uint8_t>()[0]);
    if (offset != d->zeros[0]) return false;
    attrs->set("real_scale", d->scales[0]);
    chain->take(node);
    return true;
  }

  void take_bias(int64_t columns, Chain* chain, std::vector<ValueId>* inputs) {
    Node* add = adder(chain->value);
    if (add == nullptr) return;
    const size_t side = add->inputs[0] == chain->value ? 1 : 0;
    const Tensor* bias = rewriter_.constant(*add, side);
    if (bias == nullptr || bias->dims != Dims{columns} || bias->dtype != DataType::kFloat) return;
    (*inputs)[7] = add->inputs[side];
    chain->take(add);
  }

  // Only in front of a Quantize, where the last bits do not count.
  void take_gelu(Chain* chain, AttrMap* attrs) {
    Node* gelu = only_reader(chain->value);
    if (gelu == nullptr || gelu->type != "GeluV2" ||
        gelu->attrs.get_string("approximate", "none") != "none") {
      return;
    }
    Quantised q;
    if (quantiser(gelu->outputs[0], &q) == nullptr) return;
    attrs->set("gelu", true);
    chain->take(gelu);
  }

  Node* adder(ValueId value) {
    Node* add = only_reader(value);
    const bool plain = add != nullptr && add->type == "Add" && add->inputs.size() == 2 &&
                       add->inputs[0] != add->inputs[1] && !add->attrs.has("activation") &&
                       graph_.value(add->outputs[0]).dims == graph_.value(value).dims;
    return plain ? add : nullptr;
  }

  void take_addend(Chain* chain, std::vector<ValueId>* inputs, AttrMap* attrs) {
    Node* add = adder(chain->value);
    if (add == nullptr) return;
    const ValueId other = add->inputs[add->inputs[0] == chain->value ? 1 : 0];
    const Value& addend = graph_.value(other);
    if (addend.is_constant() || !addend.fully_known() || addend.dtype != DataType::kFloat ||
        addend.dims != graph_.value(chain->value).dims) {
      return;
    }
    (*inputs)[8] = other;
    if (const auto d = dequantised_bytes(graph_, rewriter_, other)) {
      (*inputs)[8] = d->integers;
      attrs->set("addend_scale", d->scales[0]);
      attrs->set("addend_offset", static_cast<int64_t>(d->zeros[0]));
    }
    chain->take(add);
  }

  void fuse_norm(Node& norm) {
    for (size_t i = 1; i < norm.outputs.size(); ++i) {
      if (norm.outputs[i] != kNoValue &&
          readers_[static_cast<size_t>(norm.outputs[i])] != kNoNode) {
        return;
      }
    }
    Quantised q;
    Node* node = quantiser(norm.outputs[0], &q);
    if (node == nullptr) return;
    node->type = "LayerNormQuant";
    node->inputs = norm.inputs;
    node->attrs = norm.attrs;
    node->attrs.set("dtype", q.type);
    node->attrs.set("y_scale", q.scale);
    node->attrs.set("y_offset", static_cast<int64_t>(q.zero));
    node->origins.insert(node->origins.begin(), norm.origins.begin(), norm.origins.end());
    std::swap(node->name, norm.name);
    rewriter_.kill(norm);
  }

  Graph& graph_;
  Rewriter rewriter_;
  std::vector<NodeId> readers_;  // the last one of each value
};

}  // namespace

Status fuse_quantised(Graph& graph) {
  return Fuser(graph).run();
}

}  // namespace poacl
