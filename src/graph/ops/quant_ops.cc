// Arithmetic of quantised tensors: QuantBatchMatmul, QuantConv2D, AscendRequant, QuantAdd,
// QuantGlobalAveragePool.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status require_quant(const InferContext& c, size_t input, std::string_view what) {
  if (!c.has_input(input)) return {};
  const DataType type = c.inputs[input].dtype;
  if (type == DataType::kInt8 || type == DataType::kUint8) return {};
  return graph_error("{} must be int8 or uint8, but is {}", what, data_type_name(type));
}

// Zero point `input` has the type of tensor `input - 2`.
Status require_offset(const InferContext& c, size_t input, std::string_view what) {
  if (!c.has_input(input) || c.inputs[input].dtype == c.inputs[input - 2].dtype) return {};
  return graph_error("{} is {}, but what it belongs to is {}", what,
                     data_type_name(c.inputs[input].dtype),
                     data_type_name(c.inputs[input - 2].dtype));
}

// The type of the result: int32 sums without a scale, float with one, the offset's type with both.
Result<DataType> result_type(const InferContext& c) {
  POACL_RETURN_IF_ERROR(require_quant(c, 6, "y_offset"));
  if (c.has_input(4) && c.inputs[4].dtype != DataType::kInt32) {
    return graph_error("bias must be int32, but is {}", data_type_name(c.inputs[4].dtype));
  }
  if (!c.has_input(5)) {
    if (c.has_input(6)) return graph_error("y_offset is given, but scale is not");
    return DataType::kInt32;
  }
  if (c.inputs[5].dtype != DataType::kFloat) {
    return graph_error("scale must be float, but is {}", data_type_name(c.inputs[5].dtype));
  }
  return c.has_input(6) ? c.inputs[6].dtype : DataType::kFloat;
}

Status infer_quant_matmul(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_quant(c, 0, "x1"));
  POACL_RETURN_IF_ERROR(require_quant(c, 1, "x2"));
  POACL_RETURN_IF_ERROR(require_offset(c, 2, "x1_offset"));
  POACL_RETURN_IF_ERROR(require_offset(c, 3, "x2_offset"));
  POACL_ASSIGN_OR_RETURN(const DataType type, result_type(c));
  if (!c.inputs[0].rank_known || !c.inputs[1].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims a = c.inputs[0].dims;
  Dims b = c.inputs[1].dims;
  if (a.size() < 2 || b.size() < 2) {
    return graph_error("x1 {} and x2 {} must have at least 2 dimensions", dims_to_string(a),
                       dims_to_string(b));
  }
  const int64_t m = a[a.size() - 2];
  const int64_t k = a.back();
  const int64_t n = b.back();
  const int64_t inner = b[b.size() - 2];
  if (k >= 0 && inner >= 0 && k != inner) {
    return graph_error("x1 {} and x2 {} cannot be multiplied: the inner dimensions are {} and {}",
                       dims_to_string(a), dims_to_string(b), k, inner);
  }
  a.resize(a.size() - 2);
  b.resize(b.size() - 2);
  POACL_ASSIGN_OR_RETURN(Dims out, broadcast_dims(a, b));
  out.push_back(m);
  out.push_back(n);
  POACL_RETURN_IF_ERROR(require_rank(c, 4, 1, "bias"));
  POACL_RETURN_IF_ERROR(require_dim(c, 4, 0, n, "bias"));
  c.set_output(0, type, std::move(out));
  return {};
}

struct Axis {
  int64_t in, kernel, stride, dilation;
};

// Size of the output along one dimension; auto_pad becomes pads.
Result<int64_t> window_extent(const Axis& axis, const std::string& auto_pad, int64_t* before,
                              int64_t* after) {
  for (const int64_t value : {axis.stride, axis.dilation, axis.kernel}) {
    if (value < 1 || value > kMaxExtent) {
      return graph_error("a kernel, stride or dilation is {}, but must be from 1 to {}", value,
                         kMaxExtent);
    }
  }
  for (const int64_t pad : {*before, *after}) {
    if (pad < 0 || pad > kMaxExtent) {
      return graph_error("a pad is {}, but must be from 0 to {}", pad, kMaxExtent);
    }
  }
  if (axis.in < 0) return int64_t{-1};
  const int64_t extent = (axis.kernel - 1) * axis.dilation + 1;
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    const int64_t out = (axis.in + axis.stride - 1) / axis.stride;
    const int64_t total = std::max<int64_t>(0, (out - 1) * axis.stride + extent - axis.in);
    *before = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
    *after = total - *before;
    return out;
  }
  const int64_t room = axis.in + *before + *after - extent;
  if (room < 0) {
    return graph_error("a window of {} does not fit into {} elements with pads {} and {}", extent,
                       axis.in, *before, *after);
  }
  return room / axis.stride + 1;
}

// The result of a convolution of shape `out` and the residual it is added to.
Status infer_residual(InferContext& c, Dims out) {
  POACL_RETURN_IF_ERROR(require_quant(c, 7, "residual"));
  if (!c.has_input(6)) return graph_error("residual is given, but y_offset is not");
  const auto& residual = c.inputs[7];
  if (residual.rank_known && element_count(residual.dims) >= 0 && element_count(out) >= 0 &&
      residual.dims != out) {
    return graph_error("residual {} must have the shape of y, {}", dims_to_string(residual.dims),
                       dims_to_string(out));
  }
  const DataType* sum = c.attrs->find<DataType>("sum_dtype");
  if (sum == nullptr || (*sum != DataType::kInt8 && *sum != DataType::kUint8)) {
    return graph_error("sum_dtype must be int8 or uint8");
  }
  c.set_output(0, *sum, std::move(out));
  return {};
}

Status infer_quant_conv(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_quant(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_quant(c, 1, "filter"));
  POACL_RETURN_IF_ERROR(require_offset(c, 2, "x_offset"));
  POACL_RETURN_IF_ERROR(require_offset(c, 3, "filter_offset"));
  POACL_ASSIGN_OR_RETURN(const DataType type, result_type(c));
  if (!c.inputs[0].rank_known || !c.inputs[1].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  const Dims& w = c.inputs[1].dims;
  if (x.size() < 3 || x.size() > 5 || w.size() != x.size()) {
    return graph_error("x {} and filter {} must have the same 3 to 5 dimensions", dims_to_string(x),
                       dims_to_string(w));
  }
  const size_t spatial = x.size() - 2;
  const auto strides = c.attrs->get_ints("strides", std::vector<int64_t>(spatial, 1));
  const auto dilations = c.attrs->get_ints("dilations", std::vector<int64_t>(spatial, 1));
  auto pads = c.attrs->get_ints("pads", std::vector<int64_t>(2 * spatial, 0));
  const int64_t groups = c.attrs->get_int("groups");
  if (strides.size() != spatial || dilations.size() != spatial || pads.size() != 2 * spatial) {
    return graph_error("strides {}, dilations {} and pads {} do not fit {} spatial dimensions",
                       dims_to_string(strides), dims_to_string(dilations), dims_to_string(pads),
                       spatial);
  }
  if (groups < 1 || (w[0] >= 0 && w[0] % groups != 0) ||
      (x[1] >= 0 && w[1] >= 0 &&
       (w[1] > kMaxElements || x[1] % groups != 0 || x[1] / groups != w[1]))) {
    return graph_error("x {} and filter {} do not fit {} groups", dims_to_string(x),
                       dims_to_string(w), groups);
  }
  const std::string auto_pad = c.attrs->get_string("auto_pad", "NOTSET");
  if (auto_pad == "VALID") std::fill(pads.begin(), pads.end(), 0);
  Dims out = {x[0], w[0]};
  bool resolved = true;
  for (size_t d = 0; d < spatial; ++d) {
    if (w[d + 2] < 0) {
      out.push_back(-1);
      resolved = false;
      continue;
    }
    POACL_ASSIGN_OR_RETURN(const int64_t extent,
                           window_extent({x[d + 2], w[d + 2], strides[d], dilations[d]}, auto_pad,
                                         &pads[d], &pads[d + spatial]));
    resolved = resolved && extent >= 0;
    out.push_back(extent);
  }
  if (resolved && auto_pad != "NOTSET") {
    c.attrs->set("pads", std::move(pads));
    c.attrs->set("auto_pad", std::string("NOTSET"));
  }
  POACL_RETURN_IF_ERROR(require_rank(c, 4, 1, "bias"));
  POACL_RETURN_IF_ERROR(require_dim(c, 4, 0, w[0], "bias"));
  if (c.has_input(7)) return infer_residual(c, std::move(out));
  c.set_output(0, type, std::move(out));
  return {};
}

// An attribute that stands for an int8 or uint8 zero point.
Status require_zero(const InferContext& c, std::string_view name, DataType type) {
  const int64_t value = c.attrs->get_int(name);
  const int64_t low = type == DataType::kInt8 ? -128 : 0;
  if (value >= low && value <= low + 255) return {};
  return graph_error("{} is {}, but must be from {} to {}", name, value, low, low + 255);
}

Result<DataType> quantised_to(const InferContext& c) {
  const DataType* type = c.attrs->find<DataType>("dtype");
  if (type != nullptr && (*type == DataType::kInt8 || *type == DataType::kUint8)) return *type;
  return graph_error("dtype must be int8 or uint8");
}

Status infer_quant_add(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_quant(c, 0, "x1"));
  POACL_RETURN_IF_ERROR(require_quant(c, 1, "x2"));
  POACL_ASSIGN_OR_RETURN(const DataType type, quantised_to(c));
  POACL_RETURN_IF_ERROR(require_zero(c, "x1_offset", c.inputs[0].dtype));
  POACL_RETURN_IF_ERROR(require_zero(c, "x2_offset", c.inputs[1].dtype));
  POACL_RETURN_IF_ERROR(require_zero(c, "y_offset", type));
  const auto& known = c.inputs[0].rank_known ? c.inputs[0] : c.inputs[1];
  if (!known.rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  const auto& other = c.inputs[1];
  if (other.rank_known && other.dims != known.dims && element_count(other.dims) >= 0 &&
      element_count(known.dims) >= 0) {
    return graph_error("x1 {} and x2 {} must have the same shape", dims_to_string(known.dims),
                       dims_to_string(other.dims));
  }
  c.set_output(0, type,
               element_count(known.dims) < 0 && other.rank_known ? other.dims : known.dims);
  return {};
}

Status infer_quant_pool(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_quant(c, 0, "x"));
  POACL_ASSIGN_OR_RETURN(const DataType type, quantised_to(c));
  POACL_RETURN_IF_ERROR(require_zero(c, "x_offset", c.inputs[0].dtype));
  POACL_RETURN_IF_ERROR(require_zero(c, "y_offset", type));
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims y = c.inputs[0].dims;
  if (y.size() < 3) {
    return graph_error("x {} must have at least 3 dimensions", dims_to_string(y));
  }
  std::fill(y.begin() + 2, y.end(), 1);
  c.set_output(0, type, std::move(y));
  return {};
}

Status infer_requant(InferContext& c) {
  if (c.inputs[0].dtype != DataType::kInt32 || c.inputs[1].dtype != DataType::kFloat) {
    return graph_error("x and req_scale must be int32 and float, but are {} and {}",
                       data_type_name(c.inputs[0].dtype), data_type_name(c.inputs[1].dtype));
  }
  POACL_RETURN_IF_ERROR(require_quant(c, 2, "offset"));
  const DataType type = c.inputs[2].dtype;
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  for (size_t i = 1; i < 3; ++i) {
    if (!c.inputs[i].rank_known) continue;
    POACL_ASSIGN_OR_RETURN(const Dims both, broadcast_dims(c.inputs[0].dims, c.inputs[i].dims));
    if (both.size() != c.inputs[0].dims.size()) {
      return graph_error("{} {} does not broadcast to x {}", i == 1 ? "req_scale" : "offset",
                         dims_to_string(c.inputs[i].dims), dims_to_string(c.inputs[0].dims));
    }
  }
  c.set_output(0, type, c.inputs[0].dims);
  return {};
}

}  // namespace

std::span<const OpDef> quant_ops() {
  static const std::vector<OpDef> defs = {
      {"QuantBatchMatmul",
       {{"x1"},
        {"x2"},
        {"x1_offset", PortKind::kOptional},
        {"x2_offset", PortKind::kOptional},
        {"bias", PortKind::kOptional},
        {"scale", PortKind::kOptional},
        {"y_offset", PortKind::kOptional}},
       {{"y"}},
       {{"clip_low", int64_t{-128}}, {"clip_high", int64_t{255}}},
       infer_quant_matmul},
      // Sums are int32; with a scale y = sums * scale is float, with an offset, too, y is that
      // number rounded and saturated to the offset's type, within clip_low and clip_high. With a
      // residual y is the QuantAdd of that and the residual, whose attributes are those named sum_.
      // Lists have one number per spatial dimension; pads: all before, then all after.
      {"QuantConv2D",
       {{"x"},
        {"filter"},
        {"x_offset", PortKind::kOptional},
        {"filter_offset", PortKind::kOptional},
        {"bias", PortKind::kOptional},
        {"scale", PortKind::kOptional},
        {"y_offset", PortKind::kOptional},
        {"residual", PortKind::kOptional}},
       {{"y"}},
       {{"strides", std::vector<int64_t>()},
        {"pads", std::vector<int64_t>()},
        {"dilations", std::vector<int64_t>()},
        {"groups", int64_t{1}},
        {"auto_pad", std::string("NOTSET")},
        {"clip_low", int64_t{-128}},
        {"clip_high", int64_t{255}},
        {"residual_first", false},
        {"sum_x1_scale", 1.0f},
        {"sum_x1_offset", int64_t{0}},
        {"sum_x2_scale", 1.0f},
        {"sum_x2_offset", int64_t{0}},
        {"sum_y_scale", 1.0f},
        {"sum_y_offset", int64_t{0}},
        {"sum_dtype", DataType::kUint8},
        {"sum_clip_low", int64_t{-128}},
        {"sum_clip_high", int64_t{255}}},
       infer_quant_conv},
      {"QuantAdd",
       {{"x1"}, {"x2"}},
       {{"y"}},
       {{"x1_scale", 1.0f},
        {"x1_offset", int64_t{0}},
        {"x2_scale", 1.0f},
        {"x2_offset", int64_t{0}},
        {"y_scale", 1.0f},
        {"y_offset", int64_t{0}},
        {"dtype", DataType::kUint8},
        {"clip_low", int64_t{-128}},
        {"clip_high", int64_t{255}}},
       infer_quant_add},
      {"QuantGlobalAveragePool",
       {{"x"}},
       {{"y"}},
       {{"x_scale", 1.0f},
        {"x_offset", int64_t{0}},
        {"y_scale", 1.0f},
        {"y_offset", int64_t{0}},
        {"dtype", DataType::kUint8},
        {"clip_low", int64_t{-128}},
        {"clip_high", int64_t{255}}},
       infer_quant_pool},
      {"AscendRequant", {{"x"}, {"req_scale"}, {"offset"}}, {{"y"}}, {}, infer_requant},
  };
  return defs;
}

}  // namespace poacl
