// Products of quantised tensors: QuantBatchMatmul, QuantConv2D, AscendRequant.
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

Status infer_quant_matmul(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_quant(c, 0, "x1"));
  POACL_RETURN_IF_ERROR(require_quant(c, 1, "x2"));
  POACL_RETURN_IF_ERROR(require_offset(c, 2, "x1_offset"));
  POACL_RETURN_IF_ERROR(require_offset(c, 3, "x2_offset"));
  if (!c.inputs[0].rank_known || !c.inputs[1].rank_known) {
    set_unknown(c, 0, DataType::kInt32);
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
  c.set_output(0, DataType::kInt32, std::move(out));
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

Status infer_quant_conv(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_quant(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_quant(c, 1, "filter"));
  POACL_RETURN_IF_ERROR(require_offset(c, 2, "x_offset"));
  POACL_RETURN_IF_ERROR(require_offset(c, 3, "filter_offset"));
  if (!c.inputs[0].rank_known || !c.inputs[1].rank_known) {
    set_unknown(c, 0, DataType::kInt32);
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
  c.set_output(0, DataType::kInt32, std::move(out));
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
       {{"x1"}, {"x2"}, {"x1_offset", PortKind::kOptional}, {"x2_offset", PortKind::kOptional}},
       {{"y"}},
       {},
       infer_quant_matmul},
      // Lists have one number per spatial dimension; pads: all before, then all after.
      {"QuantConv2D",
       {{"x"},
        {"filter"},
        {"x_offset", PortKind::kOptional},
        {"filter_offset", PortKind::kOptional},
        {"bias", PortKind::kOptional}},
       {{"y"}},
       {{"strides", std::vector<int64_t>()},
        {"pads", std::vector<int64_t>()},
        {"dilations", std::vector<int64_t>()},
        {"groups", int64_t{1}},
        {"auto_pad", std::string("NOTSET")}},
       infer_quant_conv},
      {"AscendRequant", {{"x"}, {"req_scale"}, {"offset"}}, {{"y"}}, {}, infer_requant},
  };
  return defs;
}

}  // namespace poacl
