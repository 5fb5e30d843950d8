// One product with constant or quantised weights whose columns are queries, keys and values side by
// side, taken apart by a Reshape, a TransposeD and Gathers, becomes a product for each: what
// follows then has its own scale, and nothing is gathered.
#include <algorithm>

#include "compile/passes.h"
#include "compile/quantised_values.h"

namespace poacl {
namespace {

struct Split {
  NodeId reshape, transpose;
  std::vector<NodeId> gathers;
  std::vector<int64_t> parts;  // parallel
  std::vector<NodeId> chain;   // from what the Reshape reads up to the product
  int64_t count;               // of parts
  size_t axis;                 // of them, in the Reshape's result
};

class Finder {
 public:
  explicit Finder(Graph& graph) : graph_(graph), rewriter_(graph) {}

  bool find(NodeId id, Split* split) {
    const Node& transpose = graph_.node(id);
    if (transpose.type != "TransposeD") return false;
    const auto perm = transpose.attrs.get_ints("perm");
    const Node* reshape = rewriter_.producer(transpose.inputs[0], "Reshape");
    if (reshape == nullptr || !rewriter_.used_once(transpose.inputs[0])) return false;
    const Value& x = graph_.value(reshape->inputs[0]);
    const Value& y = graph_.value(reshape->outputs[0]);
    if (!x.fully_known() || !y.fully_known() || x.dims.empty()) return false;
    split->axis = x.dims.size() - 1;
    if (y.dims.size() < x.dims.size() + 1 || perm.size() != y.dims.size() ||
        !std::equal(x.dims.begin(), x.dims.end() - 1, y.dims.begin())) {
      return false;
    }
    split->count = y.dims[split->axis];
    split->transpose = id;
    split->reshape = x_node(transpose.inputs[0]);
    return split->count > 1 && find_gathers(transpose, perm, split) &&
           find_chain(reshape->inputs[0], x.dims.back(), split);
  }

 private:
  NodeId x_node(ValueId value) const { return graph_.value(value).producer; }

  // All readers of the TransposeD take one part each.
  bool find_gathers(const Node& transpose, const std::vector<int64_t>& perm, Split* split) {
    const auto at = std::find(perm.begin(), perm.end(), static_cast<int64_t>(split->axis));
    const int64_t axis = at - perm.begin();
    const auto rank = static_cast<int64_t>(perm.size());
    split->gathers.clear();
    split->parts.clear();
    if (rewriter_.is_graph_output(transpose.outputs[0])) return false;
    for (size_t i = 0; i < graph_.nodes().size(); ++i) {
      const Node& node = graph_.nodes()[i];
      const auto& in = node.inputs;
      if (std::find(in.begin(), in.end(), transpose.outputs[0]) == in.end()) continue;
      const Tensor* index = rewriter_.constant(node, 1);
      const Tensor* along = rewriter_.constant(node, 2);
      if (node.type != "GatherV2" || in[0] != transpose.outputs[0] || index == nullptr ||
          !index->dims.empty() || (in.size() > 2 && along == nullptr)) {
        return false;
      }
      const auto number = constant_scalar(index);
      const auto given = along == nullptr ? std::optional<float>(0.0f) : constant_scalar(along);
      if (!number || !given) return false;
      auto part = static_cast<int64_t>(*number);
      if (part < 0) part += split->count;
      const auto dim = static_cast<int64_t>(*given);
      if ((dim < 0 ? dim + rank : dim) != axis || part < 0 || part >= split->count) return false;
      split->gathers.push_back(static_cast<NodeId>(i));
      split->parts.push_back(part);
    }
    return split->gathers.size() > 1;
  }

  // A product with constant weights, perhaps quantised and dequantised, plus a bias.
  bool find_chain(ValueId value, int64_t columns, Split* split) {
    split->chain.clear();
    if (columns % split->count != 0) return false;
    while (true) {
      const Node* node = rewriter_.producer(value);
      if (node == nullptr || !rewriter_.used_once(value) || node->outputs.size() != 1) return false;
      split->chain.push_back(x_node(value));
      if (node->type == "MatMulV2" || node->type == "BatchMatMulV2") {
        return constant_product(*node, columns);
      }
      if (node->type == "Add" && node->inputs.size() == 2 && !node->attrs.has("activation")) {
        const size_t side = graph_.value(node->inputs[0]).is_constant() ? 0 : 1;
        const Tensor* bias = rewriter_.constant(*node, side);
        if (bias == nullptr || bias->dims != Dims{columns} || bias->dtype != DataType::kFloat) {
          return false;
        }
        value = node->inputs[1 - side];
        continue;
      }
      const bool scaled = node->type == "Quantize" || node->type == "DequantizeLinear";
      const Tensor* scale = scaled ? rewriter_.constant(*node, 1) : nullptr;
      if (scale == nullptr || scale->count() != 1) return false;
      value = node->inputs[0];
    }
  }

  bool constant_product(const Node& node, int64_t columns) {
    if (node.inputs.size() != 2 || node.attrs.get_bool("transpose_x1") ||
        node.attrs.get_bool("transpose_x2") || node.attrs.get_bool("adj_x1") ||
        node.attrs.get_bool("adj_x2") || node.attrs.has("activation")) {
      return false;
    }
    if (const Tensor* weights = rewriter_.constant(node, 1)) {
      return weights->dtype == DataType::kFloat && weights->dims.size() == 2 &&
             weights->dims[1] == columns;
    }
    const auto w = dequantised(graph_, rewriter_, node.inputs[1]);
    if (!w || (w->type != DataType::kInt8 && w->type != DataType::kUint8)) return false;
    const auto& weights = graph_.value(w->integers).constant;
    return weights && weights->dims.size() == 2 && weights->dims[1] == columns &&
           (w->per_tensor() || w->axis == 1);
  }

  Graph& graph_;
  Rewriter rewriter_;
};

// Columns [first, first + count) of a constant whose last dimension they are.
Tensor columns_of(const Tensor& tensor, int64_t first, int64_t count) {
  const size_t size = data_type_size(tensor.dtype);
  const auto width = static_cast<size_t>(tensor.dims.back()) * size;
  const auto taken = static_cast<size_t>(count) * size;
  std::vector<uint8_t> bytes;
  const auto* from = reinterpret_cast<const uint8_t*>(tensor.buffer.data());
  for (size_t at = 0; at + width <= tensor.buffer.size(); at += width) {
    const uint8_t* row = from + at + static_cast<size_t>(first) * size;
    bytes.insert(bytes.end(), row, row + taken);
  }
  Dims dims = tensor.dims;
  dims.back() = count;
  Tensor part =
      Tensor::from<uint8_t>(DataType::kUint8, {static_cast<int64_t>(bytes.size())}, bytes);
  part.dtype = tensor.dtype;
  part.dims = std::move(dims);
  return part;
}

class Splitter {
 public:
  Splitter(Graph& graph, const Split& split) : graph_(graph), split_(split) {}

  void run() {
    for (size_t i = 0; i < split_.gathers.size(); ++i) rewrite(i);
  }

 private:
  ValueId part_of(ValueId constant, int64_t part, int64_t columns) {
    const Tensor tensor = *graph_.value(constant).constant;
    if (tensor.dims.empty() || tensor.dims.back() != columns) return constant;
    const int64_t width = columns / split_.count;
    return graph_.add_constant(graph_.value(constant).name + "/part" + std::to_string(part),
                               columns_of(tensor, part * width, width));
  }

  ValueId add(const Node& like, const std::string& suffix, std::vector<ValueId> inputs) {
    const std::string name = like.name + suffix;
    const std::string type = like.type;
    const AttrMap attrs = like.attrs;
    const std::vector<std::string> origins = like.origins;
    const NodeId id = graph_.add_node(name, type, std::move(inputs), {name + ":0"}, attrs);
    graph_.node(id).origins = origins;
    return graph_.node(id).outputs[0];
  }

  void rewrite(size_t i) {
    const int64_t part = split_.parts[i];
    const std::string suffix = "/part" + std::to_string(part);
    const Node reshape = graph_.node(split_.reshape);
    const int64_t columns = graph_.value(reshape.inputs[0]).dims.back();
    ValueId value = kNoValue;
    for (auto it = split_.chain.rbegin(); it != split_.chain.rend(); ++it) {
      const Node node = graph_.node(*it);
      std::vector<ValueId> inputs = node.inputs;
      if (value == kNoValue && graph_.value(inputs[1]).is_constant()) {  // the product, of floats
        inputs[1] = part_of(inputs[1], part, columns);
      } else if (value == kNoValue) {
        const Node weights = graph_.node(graph_.value(inputs[1]).producer);
        std::vector<ValueId> operands = weights.inputs;
        for (ValueId& id : operands) {
          if (id != kNoValue) id = part_of(id, part, columns);
        }
        inputs[1] = add(weights, suffix, operands);
      } else {
        for (ValueId& id : inputs) {
          if (id == kNoValue) continue;
          const bool constant = graph_.value(id).is_constant();
          id = !constant ? value : node.type == "Add" ? part_of(id, part, columns) : id;
        }
      }
      value = add(node, suffix, inputs);
    }
    Dims dims = graph_.value(reshape.outputs[0]).dims;
    dims.erase(dims.begin() + static_cast<int64_t>(split_.axis));
    const ValueId shape = graph_.add_constant(
        reshape.name + "/shape" + std::to_string(part),
        Tensor::from<int64_t>(DataType::kInt64, {static_cast<int64_t>(dims.size())}, dims));
    value = add(reshape, suffix, {value, shape});
    std::vector<int64_t> perm;
    const auto axis = static_cast<int64_t>(split_.axis);
    for (const int64_t from : graph_.node(split_.transpose).attrs.get_ints("perm")) {
      if (from != axis) perm.push_back(from > axis ? from - 1 : from);
    }
    Node& gather = graph_.node(split_.gathers[i]);
    gather.type = "TransposeD";
    gather.inputs = {value};
    gather.attrs = {};
    gather.attrs.set("perm", perm);
  }

  Graph& graph_;
  const Split& split_;
};

}  // namespace

Status split_projections(Graph& graph) {
  std::vector<Split> splits;
  {
    Finder finder(graph);
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
      Split split;
      if (finder.find(static_cast<NodeId>(i), &split)) splits.push_back(std::move(split));
    }
  }
  for (const Split& split : splits) Splitter(graph, split).run();
  return graph.compact();
}

}  // namespace poacl
