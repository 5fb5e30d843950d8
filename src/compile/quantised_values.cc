#include "compile/quantised_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/activation.h"

namespace poacl {
namespace {

bool is_byte(DataType type) {
  return type == DataType::kInt8 || type == DataType::kUint8;
}

std::vector<int32_t> as_ints(const Tensor& tensor) {
  std::vector<int32_t> values;
  const auto copy = [&values](const auto& list) { values.assign(list.begin(), list.end()); };
  if (tensor.dtype == DataType::kInt8) copy(tensor.as<int8_t>());
  if (tensor.dtype == DataType::kUint8) copy(tensor.as<uint8_t>());
  if (tensor.dtype == DataType::kInt32) copy(tensor.as<int32_t>());
  return values;
}

// Constant scales and zero points of a DequantizeLinear or Quantize; false when they are others.
bool read_scales(const Rewriter& rewriter, const Node& node, DataType integers,
                 std::vector<float>* scales, std::vector<int32_t>* zeros) {
  const Tensor* scale = rewriter.constant(node, 1);
  if (scale == nullptr || scale->dtype != DataType::kFloat || scale->dims.size() > 1 ||
      node.attrs.get_int("block_size") != 0) {
    return false;
  }
  scales->assign(scale->as<float>().begin(), scale->as<float>().end());
  const auto usable = [](float s) { return std::isnormal(s) && s > 0; };
  if (scales->empty() || !std::all_of(scales->begin(), scales->end(), usable)) return false;
  zeros->assign(scales->size(), 0);
  if (node.inputs.size() < 3 || node.inputs[2] == kNoValue) return true;
  const Tensor* zero = rewriter.constant(node, 2);
  if (zero == nullptr || zero->dtype != integers) return false;
  *zeros = as_ints(*zero);
  return zeros->size() == scales->size();
}

int32_t quantise(float value, const Quantised& q) {
  const int32_t low = q.type == DataType::kInt8 ? -128 : 0;
  const float number = std::nearbyint(value / q.scale) + static_cast<float>(q.zero);
  return static_cast<int32_t>(
      std::clamp(number, static_cast<float>(low), static_cast<float>(low + 255)));
}

// The bounds of a Relu, Relu6 or ClipByValue of constants; false for other nodes.
bool clip_bounds(const Rewriter& rewriter, const Node& node, float* low, float* high) {
  *low = node.type == "ClipByValue" ? -std::numeric_limits<float>::infinity() : 0.0f;
  *high = node.type == "Relu6" ? 6.0f : std::numeric_limits<float>::infinity();
  if (node.type == "Relu" || node.type == "Relu6") return true;
  if (node.type != "ClipByValue") return false;
  float* const bounds[] = {low, high};
  for (size_t i = 0; i < 2; ++i) {
    if (node.inputs.size() <= i + 1 || node.inputs[i + 1] == kNoValue) continue;
    const auto bound = constant_scalar(rewriter.constant(node, i + 1));
    if (!bound || *bound != *bound) return false;
    *bounds[i] = *bound;
  }
  return true;
}

}  // namespace

std::optional<Dequantised> dequantised(Graph& graph, Rewriter& rewriter, ValueId value) {
  const Node* node = rewriter.producer(value, "DequantizeLinear");
  if (node == nullptr || graph.value(value).dtype != DataType::kFloat) return std::nullopt;
  const Value& integers = graph.value(node->inputs[0]);
  Dequantised d;
  d.integers = node->inputs[0];
  d.type = integers.dtype;
  d.node = node;
  if (!is_byte(d.type) && d.type != DataType::kInt32) return std::nullopt;
  if (!read_scales(rewriter, *node, d.type, &d.scales, &d.zeros)) return std::nullopt;
  if (d.per_tensor()) return d;
  const auto rank = static_cast<int64_t>(integers.dims.size());
  d.axis = node->attrs.get_int("axis", 1);
  if (d.axis < 0) d.axis += rank;
  if (!integers.shape_known || d.axis < 0 || d.axis >= rank ||
      integers.dims[static_cast<size_t>(d.axis)] != static_cast<int64_t>(d.scales.size())) {
    return std::nullopt;
  }
  return d;
}

std::optional<Dequantised> dequantised_bytes(Graph& graph, Rewriter& rewriter, ValueId value) {
  auto d = dequantised(graph, rewriter, value);
  if (d && (!is_byte(d->type) || !d->per_tensor())) return std::nullopt;
  return d;
}

std::optional<Quantised> quantised(Graph& graph, Rewriter& rewriter, const Node& node) {
  if (node.type != "Quantize" || graph.value(node.inputs[0]).dtype != DataType::kFloat) {
    return std::nullopt;
  }
  const DataType* precision = node.attrs.find<DataType>("precision");
  if (precision != nullptr && *precision != DataType::kFloat) return std::nullopt;
  Quantised q;
  q.type = graph.value(node.outputs[0]).dtype;
  std::vector<float> scales;
  std::vector<int32_t> zeros;
  if (!is_byte(q.type) || !read_scales(rewriter, node, q.type, &scales, &zeros) ||
      scales.size() != 1) {
    return std::nullopt;
  }
  q.scale = scales[0];
  q.zero = zeros[0];
  q.clip_low = q.type == DataType::kInt8 ? -128 : 0;
  q.clip_high = q.clip_low + 255;
  q.source = node.inputs[0];
  // Rounding keeps order: clipping before it is clipping to the rounded bounds after it.
  while (const Node* clip = rewriter.producer(q.source)) {
    float low = 0;
    float high = 0;
    if (!rewriter.used_once(q.source) || !clip_bounds(rewriter, *clip, &low, &high)) break;
    q.clip_low = std::max<int64_t>(q.clip_low, quantise(low, q));
    q.clip_high = std::min<int64_t>(q.clip_high, quantise(high, q));
    if (low > high || q.clip_low > q.clip_high) return std::nullopt;
    q.absorbed.push_back(clip);
    q.source = clip->inputs[0];
  }
  return q;
}

std::optional<std::vector<int32_t>> bias_in_units(Graph& graph, Rewriter& rewriter, ValueId value,
                                                  size_t channels,
                                                  const std::vector<float>& units) {
  constexpr double kMost = 1 << 30;
  const auto unit = [&units](size_t c) {
    return static_cast<double>(units.size() == 1 ? units[0] : units[c]);
  };
  std::vector<double> reals;
  if (const auto d = dequantised(graph, rewriter, value)) {
    const auto& integers = graph.value(d->integers).constant;
    if (!integers || integers->dims.size() != 1) return std::nullopt;
    const std::vector<int32_t> numbers = as_ints(*integers);
    for (size_t c = 0; c < numbers.size(); ++c) {
      const size_t s = d->per_tensor() ? 0 : c;
      const auto number = static_cast<double>(numbers[c]) - d->zeros[s];
      // The scale is the product of two others, up to its rounding.
      const double steps = static_cast<double>(d->scales[s]) / unit(c < channels ? c : 0);
      reals.push_back(std::fabs(steps - 1.0) < 1e-4 ? number : number * steps);
    }
  } else if (const auto& constant = graph.value(value).constant;
             constant && constant->dtype == DataType::kFloat && constant->dims.size() == 1) {
    const auto numbers = constant->as<float>();
    for (size_t c = 0; c < numbers.size(); ++c) {
      reals.push_back(static_cast<double>(numbers[c]) / unit(c < channels ? c : 0));
    }
  }
  if (reals.size() != channels) return std::nullopt;
  std::vector<int32_t> bias;
  for (const double real : reals) {
    if (!(std::fabs(real) < kMost)) return std::nullopt;
    bias.push_back(static_cast<int32_t>(std::nearbyint(real)));
  }
  return bias;
}

}  // namespace poacl
