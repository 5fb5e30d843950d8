#include <algorithm>
#include <cmath>

#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

// y = x * scale[c] + shift[c] for output channel c.
struct ChannelAffine {
  std::vector<double> scale;
  std::vector<double> shift;
};

// Values of a constant that broadcasts along the channels (dim 1 of rank >= 2) of `dims` only.
std::optional<std::vector<double>> per_channel(const Tensor* tensor, const Dims& dims,
                                               int64_t channels) {
  if (tensor == nullptr || tensor->dtype != DataType::kFloat) return std::nullopt;
  const auto values = tensor->as<float>();
  if (tensor->count() == 1 && tensor->dims.size() <= dims.size()) {
    return std::vector<double>(static_cast<size_t>(channels), values[0]);
  }
  if (tensor->count() != channels || tensor->dims.size() > dims.size()) return std::nullopt;
  const size_t lead = dims.size() - tensor->dims.size();
  for (size_t i = 0; i < tensor->dims.size(); ++i) {
    if (tensor->dims[i] != (lead + i == 1 ? channels : 1)) return std::nullopt;
  }
  return std::vector<double>(values.begin(), values.end());
}

std::optional<ChannelAffine> batch_norm_affine(const Rewriter& rewriter, const Node& node,
                                               size_t channels) {
  const Tensor* parts[4];
  for (size_t i = 0; i < 4; ++i) {
    parts[i] = rewriter.constant(node, i + 1);
    if (parts[i] == nullptr || parts[i]->dtype != DataType::kFloat ||
        static_cast<size_t>(parts[i]->count()) != channels) {
      return std::nullopt;
    }
  }
  const double epsilon = node.attrs.get_float("epsilon", 1e-5f);
  ChannelAffine affine{std::vector<double>(channels), std::vector<double>(channels)};
  for (size_t c = 0; c < channels; ++c) {
    const double scale = parts[0]->as<float>()[c] / std::sqrt(parts[3]->as<float>()[c] + epsilon);
    affine.scale[c] = scale;
    affine.shift[c] = parts[1]->as<float>()[c] - parts[2]->as<float>()[c] * scale;
  }
  return affine;
}

// What `node` does to its input `data_input`, when that is an affine map per channel.
std::optional<ChannelAffine> affine_of(const Graph& graph, const Rewriter& rewriter,
                                       const Node& node, ValueId data, size_t channels) {
  if (node.type == "BatchNorm") {
    if (node.inputs.empty() || node.inputs[0] != data) return std::nullopt;
    return batch_norm_affine(rewriter, node, channels);
  }
  if (node.inputs.size() != 2) return std::nullopt;
  const bool data_first = node.inputs[0] == data;
  const bool commutes = node.type == "Add" || node.type == "Mul";
  if (!data_first && !commutes) return std::nullopt;
  if (node.inputs[0] == node.inputs[1]) return std::nullopt;
  const Value& output = graph.value(node.outputs[0]);
  if (!output.fully_known() || output.dims != graph.value(data).dims) return std::nullopt;
  const auto values = per_channel(rewriter.constant(node, data_first ? 1 : 0), output.dims,
                                  static_cast<int64_t>(channels));
  if (!values) return std::nullopt;
  ChannelAffine affine{std::vector<double>(channels, 1.0), std::vector<double>(channels, 0.0)};
  for (size_t c = 0; c < channels; ++c) {
    if (node.type == "Add") {
      affine.shift[c] = (*values)[c];
    } else if (node.type == "Sub") {
      affine.shift[c] = -(*values)[c];
    } else if (node.type == "Mul") {
      affine.scale[c] = (*values)[c];
    } else if (node.type == "RealDiv") {
      affine.scale[c] = 1.0 / (*values)[c];
    } else {
      return std::nullopt;
    }
  }
  return affine;
}

// Infinite factors would turn zero weights into NaN.
bool finite(const ChannelAffine& affine) {
  const auto ok = [](double x) { return std::isfinite(static_cast<float>(x)); };
  return std::all_of(affine.scale.begin(), affine.scale.end(), ok) &&
         std::all_of(affine.shift.begin(), affine.shift.end(), ok);
}

// Position of an output channel in the weights: element (channel, i) of a view of
// [outer][channels][inner].
struct WeightView {
  size_t outer = 1;
  size_t channels = 0;
  size_t inner = 1;
};

std::optional<WeightView> weight_view(const Node& node, const Tensor& weights) {
  if (node.type == "Conv2D") {
    if (weights.dims.size() != 4 || weights.dims[0] <= 0) return std::nullopt;
    const size_t channels = static_cast<size_t>(weights.dims[0]);
    return WeightView{1, channels, static_cast<size_t>(weights.count()) / channels};
  }
  if (weights.dims.size() != 2) return std::nullopt;
  const size_t rows = static_cast<size_t>(weights.dims[0]);
  const size_t columns = static_cast<size_t>(weights.dims[1]);
  if (node.attrs.get_bool("transpose_x2")) return WeightView{1, rows, columns};
  return WeightView{rows, columns, 1};
}

Tensor scaled_weights(const Tensor& weights, const WeightView& view, const ChannelAffine& affine) {
  void* memory = nullptr;
  Tensor result{DataType::kFloat, weights.dims,
                ConstBuffer::allocate(weights.buffer.size(), &memory)};
  float* out = static_cast<float*>(memory);
  const float* in = weights.as<float>().data();
  for (size_t o = 0; o < view.outer; ++o) {
    for (size_t c = 0; c < view.channels; ++c) {
      for (size_t i = 0; i < view.inner; ++i) {
        *out++ = static_cast<float>(*in++ * affine.scale[c]);
      }
    }
  }
  return result;
}

// Folds `affine` into the weights and bias of `node`; false when they are not plain constants.
bool fold_into(Graph& graph, const Rewriter& rewriter, Node& node, const ChannelAffine& affine) {
  const Tensor* weights = rewriter.constant(node, 1);
  const Tensor* bias = rewriter.constant(node, 2);
  const size_t channels = affine.scale.size();
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
  if (has_bias && (bias == nullptr || bias->dtype != DataType::kFloat ||
                   static_cast<size_t>(bias->count()) != channels)) {
    return false;
  }
  const auto view = weight_view(node, *weights);
  std::vector<float> new_bias(channels);
  for (size_t c = 0; c < channels; ++c) {
    const double old = bias != nullptr ? bias->as<float>()[c] : 0.0;
    new_bias[c] = static_cast<float>(old * affine.scale[c] + affine.shift[c]);
  }
  const ValueId weight_id =
      graph.add_constant(node.name + "_filter", scaled_weights(*weights, *view, affine));
  const ValueId bias_id = graph.add_constant(
      node.name + "_bias",
      Tensor::from<float>(DataType::kFloat, {static_cast<int64_t>(channels)}, new_bias));
  node.inputs.resize(std::max<size_t>(node.inputs.size(), 3), kNoValue);
  node.inputs[1] = weight_id;
  node.inputs[2] = bias_id;
  return true;
}

}  // namespace

Status fold_scales(Graph& graph) {
  Rewriter rewriter(graph);
  for (size_t index = 0; index < graph.nodes().size(); ++index) {
    Node& node = graph.nodes()[index];
    if (!rewriter.alive(node)) continue;
    for (const ValueId data : std::vector<ValueId>(node.inputs)) {
      Node* producer = rewriter.producer(data);
      if (producer == nullptr || (producer->type != "Conv2D" && producer->type != "MatMulV2") ||
          !rewriter.used_once(data) || producer->inputs.size() > 3 ||
          producer->attrs.has("activation")) {
        continue;
      }
      const Tensor* weights = rewriter.constant(*producer, 1);
      if (weights == nullptr || weights->dtype != DataType::kFloat) continue;
      const auto view = weight_view(*producer, *weights);
      if (!view) continue;
      const auto affine = affine_of(graph, rewriter, node, data, view->channels);
      if (!affine || !finite(*affine) || !fold_into(graph, rewriter, *producer, *affine)) continue;
      rewriter.absorb(*producer, node);
      break;
    }
  }
  return rewriter.finish();
}

}  // namespace poacl
