#include "compile/image_split.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>
#include <string_view>

#include "compile/rewrite.h"
#include "graph/shape_inference.h"

namespace poacl {
namespace {

// Activations below this stay in the caches even for the whole batch.
constexpr double kCachedBytes = 4.0 * (1 << 20);
// Weights stream in sequence and in shadow of arithmetic: an activation byte weighs a quarter more.
constexpr double kActivationWeight = 1.25;

const std::set<std::string_view>& elementwise() {
  static const std::set<std::string_view> types = {
      "Relu",      "Relu6", "LeakyRelu",   "Sigmoid",    "Tanh",     "HardSigmoid",
      "HardSwish", "Swish", "Elu",         "Selu",       "Softplus", "Softsign",
      "Gelu",      "Erf",   "Exp",         "Log",        "Sqrt",     "Abs",
      "Neg",       "Floor", "Ceil",        "Cast",       "Identity", "Rsqrt",
      "Add",       "Sub",   "Mul",         "RealDiv",    "Maximum",  "Minimum",
      "PRelu",     "Pow",   "ClipByValue", "Reciprocal", "GeluV2",   "QuantAdd",
  };
  return types;
}

const std::set<std::string_view>& spatial() {
  static const std::set<std::string_view> types = {
      "Conv2D",
      "MaxPoolV3",
      "AvgPoolV2",
      "GlobalAveragePool",
      "Aipp",
      "BatchNorm",
      "LRN",
      "GroupNorm",
      "InstanceNorm",
      "QuantConv2D",
      "QuantBatchMatmul",
      "QuantGlobalAveragePool",
  };
  return types;
}

// A constant that is the same block `batch` times over, one for each image.
bool repeats_image(const Graph& graph, ValueId id, int64_t batch) {
  const auto& constant = graph.value(id).constant;
  if (!constant || constant->dims.empty() || constant->dims[0] != batch) return false;
  const size_t bytes = constant->buffer.size() / static_cast<size_t>(batch);
  const std::byte* data = constant->buffer.data();
  for (int64_t i = 1; i < batch; ++i) {
    if (std::memcmp(data, data + static_cast<size_t>(i) * bytes, bytes) != 0) return false;
  }
  return true;
}

class Separator {
 public:
  Separator(const Graph& graph, int64_t batch) : graph_(graph), batch_(batch) {}

  bool node_keeps_apart(const Node& node) const {
    if (node.outputs.size() != 1 || node.inputs.empty() || !batched(node.outputs[0])) return false;
    const size_t rank = graph_.value(node.outputs[0]).dims.size();
    if (elementwise().contains(node.type)) {
      return std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
        return id == kNoValue || (batched(id) && graph_.value(id).dims.size() == rank) ||
               same_for_all(id, rank);
      });
    }
    if (node.type == "GatherV2") return gather_keeps_apart(node);
    if (node.type == "ConcatD") {
      return node.attrs.get_int("concat_dim") > 0 &&
             std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
               return id != kNoValue && (batched(id) || repeats_image(graph_, id, batch_));
             });
    }
    if (!batched(node.inputs[0])) return false;
    if (node.type == "BatchMatMulV2" || node.type == "FusedInferAttentionScore") {
      return product_keeps_apart(node);
    }
    if (spatial().contains(node.type)) {
      // Where the residual stands, which is batched like the result.
      const size_t residual = node.type == "Conv2D"        ? 3
                              : node.type == "QuantConv2D" ? 7
                                                           : node.inputs.size();
      return rest_constant(node, 1, residual) &&
             (node.inputs.size() <= residual || batched(node.inputs[residual]));
    }
    if (node.type == "QuantLinear") {
      constexpr size_t kAddend = 8;
      if (graph_.value(node.inputs[0]).dims.size() < 2) return false;
      return rest_constant(node, 1, kAddend) &&
             (node.inputs.size() <= kAddend || node.inputs[kAddend] == kNoValue ||
              same_for_all(node.inputs[kAddend], rank) ||
              (batched(node.inputs[kAddend]) &&
               graph_.value(node.inputs[kAddend]).dims.size() == rank));
    }
    if (node.type == "MatMulV2") {
      return !node.attrs.get_bool("transpose_x1") && rest_constant(node, 1, 3) &&
             (node.inputs.size() < 4 || node.inputs[3] == kNoValue || batched(node.inputs[3]));
    }
    if (node.type == "Quantize" || node.type == "DequantizeLinear") {
      return rest_constant(node, 1, 3) && (element_count(graph_.value(node.inputs[1]).dims) == 1 ||
                                           node.attrs.get_int("axis", 1) > 0);
    }
    if (node.type == "LayerNormV3" || node.type == "RmsNorm") {
      return node.attrs.get_int("begin_norm_axis", -1) > 0 && rest_constant(node, 1, 3);
    }
    if (node.type == "Flatten") return node.attrs.get_int("axis", 1) == 1;
    if (node.type == "Reshape") return rest_constant(node, 1, node.inputs.size());
    if (node.type == "Squeeze") return positive(node, "axis");
    if (node.type == "Unsqueeze") return positive(node, "axes");
    if (node.type == "SoftmaxV2" || node.type == "LogSoftmaxV2") return positive(node, "axes");
    if (node.type == "TransposeD") {
      const auto perm = node.attrs.get_ints("perm");
      return !perm.empty() && perm[0] == 0;
    }
    return false;
  }

  bool batched(ValueId id) const {
    const Value& value = graph_.value(id);
    return !value.is_constant() && !value.dims.empty() && value.dims[0] == batch_;
  }

 private:
  // Rows of a constant table by batched indices, or the same positions of every image.
  bool gather_keeps_apart(const Node& node) const {
    const Value* axis = node.inputs.size() > 2 ? &graph_.value(node.inputs[2]) : nullptr;
    if (axis != nullptr && !axis->is_constant()) return false;
    const auto along =
        axis == nullptr ? std::optional<float>(0.0f) : constant_scalar(&*axis->constant);
    if (!along) return false;
    const Value& table = graph_.value(node.inputs[0]);
    if (table.is_constant()) return *along == 0.0f && batched(node.inputs[1]);
    return batched(node.inputs[0]) && *along > 0.0f && graph_.value(node.inputs[1]).is_constant();
  }

  // Every operand is batched in the first dimension of all, or the same for all images.
  bool product_keeps_apart(const Node& node) const {
    const size_t rank = graph_.value(node.outputs[0]).dims.size();
    if (rank < 3 || graph_.value(node.inputs[0]).dims.size() != rank) return false;
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      if (id == kNoValue || same_for_all(id, rank)) continue;
      if (!batched(id) || graph_.value(id).dims.size() != rank) return false;
    }
    return true;
  }

  // A constant that broadcasts over the batch.
  bool same_for_all(ValueId id, size_t rank) const {
    const Value& value = graph_.value(id);
    return value.is_constant() && (value.dims.size() < rank || value.dims[0] == 1);
  }
  bool rest_constant(const Node& node, size_t begin, size_t end) const {
    for (size_t i = begin; i < std::min(end, node.inputs.size()); ++i) {
      if (node.inputs[i] != kNoValue && !graph_.value(node.inputs[i]).is_constant()) return false;
    }
    return true;
  }
  static bool positive(const Node& node, std::string_view attr) {
    const auto axes = node.attrs.get_ints(attr);
    return !axes.empty() && std::all_of(axes.begin(), axes.end(), [](int64_t a) { return a > 0; });
  }

  const Graph& graph_;
  const int64_t batch_;
};

// A Reshape states the batch in its shape constant.
void reshape_to_one(Graph& graph, Node& node, Dims target) {
  target[0] = 1;
  node.inputs[1] = graph.add_constant(
      node.name + "_one_image",
      Tensor::from<int64_t>(DataType::kInt64, {static_cast<int64_t>(target.size())}, target));
  node.attrs.set("allowzero", true);
}

void concat_to_one(Graph& graph, Node& node, int64_t batch) {
  for (ValueId& id : node.inputs) {
    if (!graph.value(id).is_constant()) continue;
    const Tensor whole = *graph.value(id).constant;
    Dims dims = whole.dims;
    dims[0] = 1;
    const size_t bytes = whole.buffer.size() / static_cast<size_t>(batch);
    id = graph.add_constant(
        node.name + "_one_image",
        Tensor{whole.dtype, dims, ConstBuffer::copy_of(whole.buffer.data(), bytes)});
  }
}

// Weights of products with this many rows of one image or more arrive in shadow of arithmetic.
constexpr int64_t kShadowRows = 64;

// Constants that single images need not wait for: weights in shadow, and tables of which an image
// reads a few rows.
std::set<ValueId> hidden_constants(const Graph& graph, int64_t batch) {
  std::set<ValueId> hidden;
  for (const Node& node : graph.nodes()) {
    if (node.type == "GatherV2") {
      hidden.insert(node.inputs[0]);
    } else if (node.type == "MatMulV2" || node.type == "BatchMatMulV2") {
      const Dims& y = graph.value(node.outputs[0]).dims;
      if (y.size() < 2) continue;
      const int64_t rows = element_count({y.data(), y.size() - 1}) / batch;
      if (rows >= kShadowRows) hidden.insert(node.inputs[1]);
    }
  }
  return hidden;
}

}  // namespace

int64_t batch_of(const Graph& graph) {
  int64_t batch = -1;
  for (const auto* ports : {&graph.inputs, &graph.outputs}) {
    for (const ValueId id : *ports) {
      const Value& value = graph.value(id);
      if (value.is_constant() || !value.fully_known() || value.dims.empty()) return 1;
      if (batch >= 0 && value.dims[0] != batch) return 1;
      batch = value.dims[0];
    }
  }
  return std::max<int64_t>(batch, 1);
}

namespace {

double bytes_of(const Value& value) {
  return static_cast<double>(storage_bytes({value.dtype, value.dims}));
}

// What the choice needs to know of a graph, by node.
struct Traffic {
  std::vector<double> weights;      // constants that are read there first
  std::vector<double> activations;  // what it makes
  std::vector<double> crossing;     // [k]: values made before node k and read from there on
  // The nodes from k on read no graph input, the nodes before k make no graph output.
  size_t first_cut = 0, last_cut = 0;
};

Traffic traffic_of(const Graph& graph) {
  const size_t count = graph.nodes().size();
  Traffic t{std::vector<double>(count), std::vector<double>(count), std::vector<double>(count + 1),
            0, count};
  const std::set<ValueId> hidden = hidden_constants(graph, batch_of(graph));
  std::set<ValueId> seen;
  std::vector<size_t> made(graph.value_count(), 0);
  std::vector<size_t> last_read(graph.value_count(), 0);
  for (size_t i = 0; i < count; ++i) {
    const Node& node = graph.nodes()[i];
    for (const ValueId id : node.inputs) {
      if (id == kNoValue) continue;
      const Value& value = graph.value(id);
      last_read[static_cast<size_t>(id)] = i;
      if (value.is_constant() && !hidden.contains(id) && seen.insert(id).second) {
        t.weights[i] += static_cast<double>(value.constant->buffer.size());
      }
    }
    for (const ValueId id : node.outputs) {
      made[static_cast<size_t>(id)] = i;
      t.activations[i] += bytes_of(graph.value(id));
    }
  }
  for (const Node& node : graph.nodes()) {
    for (const ValueId id : node.outputs) {
      const auto at = static_cast<size_t>(id);
      if (last_read[at] <= made[at]) continue;
      t.crossing[made[at] + 1] += bytes_of(graph.value(id));
      t.crossing[last_read[at] + 1] -= bytes_of(graph.value(id));
    }
  }
  std::partial_sum(t.crossing.begin(), t.crossing.end(), t.crossing.begin());
  for (const ValueId id : graph.inputs) {
    t.first_cut = std::max(t.first_cut, last_read[static_cast<size_t>(id)] + 1);
  }
  for (const ValueId id : graph.outputs) {
    t.last_cut = std::min(t.last_cut, made[static_cast<size_t>(id)]);
  }
  return t;
}

// Values made by the first `nodes` nodes that others read, in the order they are made.
std::vector<ValueId> crossing_values(const Graph& graph, size_t nodes) {
  std::set<ValueId> read;
  for (size_t i = nodes; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    read.insert(node.inputs.begin(), node.inputs.end());
  }
  std::vector<ValueId> crossing;
  for (size_t i = 0; i < nodes; ++i) {
    for (const ValueId id : graph.nodes()[i].outputs) {
      if (read.contains(id)) crossing.push_back(id);
    }
  }
  return crossing;
}

std::vector<std::string> names_of(const Graph& graph, const std::vector<ValueId>& values) {
  std::vector<std::string> names;
  for (const ValueId id : values) names.push_back(graph.value(id).name);
  return names;
}

void forget_producers(Graph& graph, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    for (const ValueId id : graph.nodes()[i].outputs) graph.value(id).producer = kNoNode;
  }
}

}  // namespace

size_t nodes_image_by_image(const Graph& graph) {
  const int64_t batch = batch_of(graph);
  if (batch <= 1 || graph.inputs.empty() || graph.outputs.empty()) return 0;
  const Separator separator(graph, batch);
  const size_t count = graph.nodes().size();
  const Traffic traffic = traffic_of(graph);
  // Every activation is written and read; the weights once, or once an image.
  const auto streamed = [](double activations) { return kActivationWeight * 2 * activations; };
  double cost = 0;
  for (size_t i = 0; i < count; ++i) {
    cost += traffic.weights[i] + streamed(traffic.activations[i]);
  }
  double least = cost;
  double largest = 0;
  size_t best = 0;
  for (size_t k = 1; k <= count && separator.node_keeps_apart(graph.nodes()[k - 1]); ++k) {
    const double made = traffic.activations[k - 1];
    cost += traffic.weights[k - 1] * static_cast<double>(batch - 1) - streamed(made);
    largest = std::max(largest, made);
    const bool allowed = k == count || (k >= traffic.first_cut && k <= traffic.last_cut);
    if (largest <= kCachedBytes || !allowed) continue;
    if (const double here = cost + streamed(traffic.crossing[k]); here < least) {
      least = here;
      best = k;
    }
  }
  return best;
}

std::optional<Graph> single_image_graph(const Graph& graph, size_t nodes) {
  const int64_t batch = batch_of(graph);
  if (batch <= 1 || nodes == 0) return std::nullopt;
  const Separator separator(graph, batch);
  for (size_t i = 0; i < nodes; ++i) {
    if (!separator.node_keeps_apart(graph.nodes()[i])) return std::nullopt;
  }
  Graph single = graph;
  if (nodes < graph.nodes().size()) {
    forget_producers(single, nodes, graph.nodes().size());
    single.nodes().resize(nodes);
    single.outputs = crossing_values(graph, nodes);
    single.output_names = names_of(graph, single.outputs);
  }
  for (const ValueId id : single.inputs) single.value(id).dims[0] = 1;
  for (Node& node : single.nodes()) {
    if (node.type == "Reshape") {
      reshape_to_one(single, node, Dims(graph.value(node.outputs[0]).dims));
    } else if (node.type == "ConcatD") {
      concat_to_one(single, node, batch);
    }
  }
  if (!infer_shapes(single).ok()) return std::nullopt;
  for (const Node& node : single.nodes()) {
    Dims expected = graph.value(node.outputs[0]).dims;
    expected[0] = 1;
    const Value& value = single.value(node.outputs[0]);
    if (value.dims != expected || value.dtype != graph.value(node.outputs[0]).dtype ||
        value.is_constant()) {
      return std::nullopt;
    }
  }
  return single;
}

Graph graph_after(const Graph& graph, size_t nodes) {
  Graph rest = graph;
  rest.inputs = crossing_values(graph, nodes);
  forget_producers(rest, 0, nodes);
  rest.nodes().erase(rest.nodes().begin(), rest.nodes().begin() + static_cast<ptrdiff_t>(nodes));
  for (size_t i = 0; i < rest.nodes().size(); ++i) {
    for (const ValueId id : rest.nodes()[i].outputs) {
      rest.value(id).producer = static_cast<NodeId>(i);
    }
  }
  return rest;
}

}  // namespace poacl
