// Quantize, DequantizeLinear, DynamicQuantizeLinear: between real numbers and integers with a
// scale.
#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

bool is_quantized(DataType type) {
  return type == DataType::kInt8 || type == DataType::kUint8 || type == DataType::kInt16 ||
         type == DataType::kUint16;
}

// The scale is one number, one per element of the axis, or one per block along it.
Status check_scale(InferContext& c, const Dims& x, const Dims& scale) {
  if (scale.size() <= 1 && element_count(scale) == 1) return {};
  POACL_ASSIGN_OR_RETURN(
      const int64_t axis,
      normalize_axis(c.attrs->get_int("axis", 1), static_cast<int64_t>(x.size()), "axis"));
  const auto at = static_cast<size_t>(axis);
  const int64_t block = c.attrs->get_int("block_size");
  if (block < 0 || block > kMaxExtent) {
    return graph_error("block_size is {}, but must be from 0 to {}", block, kMaxExtent);
  }
  Dims expected{x[at]};
  if (block != 0) {
    expected = x;
    if (x[at] >= 0) expected[at] = (x[at] + block - 1) / block;
  }
  bool fits = scale.size() == expected.size();
  for (size_t d = 0; fits && d < scale.size(); ++d) {
    fits = scale[d] < 0 || expected[d] < 0 || scale[d] == expected[d];
  }
  if (fits) return {};
  return graph_error("scale has shape {}, but x {} with axis {} and block_size {} needs {}",
                     dims_to_string(scale), dims_to_string(x), axis, block,
                     dims_to_string(expected));
}

Status check_operands(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 1, "scale"));
  const auto& x = c.inputs[0];
  const auto& scale = c.inputs[1];
  if (x.rank_known && scale.rank_known) POACL_RETURN_IF_ERROR(check_scale(c, x.dims, scale.dims));
  if (c.has_input(2) && c.inputs[2].rank_known && scale.rank_known) {
    const int64_t zeros = element_count(c.inputs[2].dims);
    const int64_t scales = element_count(scale.dims);
    if (zeros >= 0 && scales >= 0 && zeros != scales) {
      return graph_error("the zero point has shape {}, but the scale has {}",
                         dims_to_string(c.inputs[2].dims), dims_to_string(scale.dims));
    }
  }
  return {};
}

Status infer_quantize(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  POACL_RETURN_IF_ERROR(check_operands(c));
  const DataType type = *c.attrs->find<DataType>("dtype");
  if (!is_quantized(type)) {
    return graph_error("dtype is {}; int8, uint8, int16 and uint16 are supported",
                       data_type_name(type));
  }
  if (c.has_input(2) && c.inputs[2].dtype != type) {
    return graph_error("the zero point is {}, but dtype is {}", data_type_name(c.inputs[2].dtype),
                       data_type_name(type));
  }
  c.outputs[0] = InferContext::Out{type, c.inputs[0].rank_known, c.inputs[0].dims, {}};
  return {};
}

Status infer_dequantize(InferContext& c) {
  const DataType from = c.inputs[0].dtype;
  if (!is_quantized(from) && from != DataType::kInt32) {
    return graph_error("x is {}; int8, uint8, int16, uint16 and int32 are supported",
                       data_type_name(from));
  }
  POACL_RETURN_IF_ERROR(check_operands(c));
  if (c.has_input(2) && c.inputs[2].dtype != from) {
    return graph_error("the zero point is {}, but x is {}", data_type_name(c.inputs[2].dtype),
                       data_type_name(from));
  }
  const DataType type = *c.attrs->find<DataType>("dtype");
  if (!is_float(type)) {
    return graph_error("dtype is {}, but must be a floating-point type", data_type_name(type));
  }
  c.outputs[0] = InferContext::Out{type, c.inputs[0].rank_known, c.inputs[0].dims, {}};
  return {};
}

Status infer_dynamic_quantize(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  c.outputs[0] = InferContext::Out{DataType::kUint8, c.inputs[0].rank_known, c.inputs[0].dims, {}};
  c.set_output(1, DataType::kFloat, {});
  c.set_output(2, DataType::kUint8, {});
  return {};
}

}  // namespace

std::span<const OpDef> quantize_ops() {
  static const std::vector<OpDef> defs = {
      {"Quantize",
       {{"x"}, {"scales"}, {"zero_points", PortKind::kOptional}},
       {{"y"}},
       {{"dtype", DataType::kUint8, true},
        {"axis", int64_t{1}},
        {"block_size", int64_t{0}},
        {"precision", DataType::kFloat}},
       infer_quantize},
      {"DequantizeLinear",
       {{"x"}, {"scales"}, {"zero_points", PortKind::kOptional}},
       {{"y"}},
       {{"dtype", DataType::kFloat}, {"axis", int64_t{1}}, {"block_size", int64_t{0}}},
       infer_dequantize},
      {"DynamicQuantizeLinear",
       {{"x"}},
       {{"y"}, {"y_scale"}, {"y_zero_point"}},
       {},
       infer_dynamic_quantize},
  };
  return defs;
}

}  // namespace poacl
