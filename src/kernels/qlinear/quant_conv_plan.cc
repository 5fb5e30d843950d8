#include <fmt/format.h>

#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_conv.h"

namespace poacl {
namespace {

bool present(const OpInstance& op, size_t input) {
  return op.inputs.size() > input && !op.inputs[input].absent();
}

Status read_offsets(const OpInstance& op, QuantConvParams* p) {
  p->has_x_offset = present(op, 2);
  p->has_filter_offset = present(op, 3);
  p->has_bias = present(op, 4);
  if (p->has_x_offset &&
      (op.inputs[2].dtype != op.inputs[0].dtype || element_count(op.inputs[2].dims) != 1)) {
    return declined("x_offset is not one number of x's type");
  }
  if (p->has_filter_offset) {
    const int64_t count = element_count(op.inputs[3].dims);
    if (op.inputs[3].dtype != op.inputs[1].dtype || (count != 1 && count != p->out_channels)) {
      return declined(fmt::format("filter_offset {}{}: 1 or {} numbers of filter's type wanted",
                                  data_type_name(op.inputs[3].dtype),
                                  dims_to_string(op.inputs[3].dims), p->out_channels));
    }
    p->filter_offset_per_channel = count > 1;
  }
  if (p->has_bias &&
      (op.inputs[4].dtype != DataType::kInt32 || op.inputs[4].dims != Dims{p->out_channels})) {
    return declined(fmt::format("bias {}: {} numbers of int32 wanted",
                                dims_to_string(op.inputs[4].dims), p->out_channels));
  }
  return {};
}

}  // namespace

Status read_quant_conv(const OpInstance& op, QuantConvParams* params) {
  QuantConvParams p{};
  const Dims& x = op.inputs[0].dims;
  const Dims& w = op.inputs[1].dims;
  const Dims& y = op.outputs[0].dims;
  if (!is_quant_type(op.inputs[0].dtype) || !is_quant_type(op.inputs[1].dtype)) {
    return declined("x or filter is neither int8 nor uint8");
  }
  if (x.size() < 3 || x.size() > 5 || w.size() != x.size() || y.size() != x.size()) {
    return declined(fmt::format("x {}, filter {}", dims_to_string(x), dims_to_string(w)));
  }
  p.signed_x = op.inputs[0].dtype == DataType::kInt8;
  p.signed_filter = op.inputs[1].dtype == DataType::kInt8;
  p.groups = op.attrs->get_int("groups", 1);
  p.batch = x[0];
  p.in_channels = x[1];
  p.out_channels = w[0];
  if (p.groups < 1 || p.out_channels % p.groups != 0 || w[1] * p.groups != p.in_channels) {
    return declined(
        fmt::format("x {}, filter {}, {} groups", dims_to_string(x), dims_to_string(w), p.groups));
  }
  const size_t spatial = x.size() - 2;
  const auto strides = op.attrs->get_ints("strides", std::vector<int64_t>(spatial, 1));
  const auto dilations = op.attrs->get_ints("dilations", std::vector<int64_t>(spatial, 1));
  const auto pads = op.attrs->get_ints("pads", std::vector<int64_t>(2 * spatial, 0));
  if (strides.size() != spatial || dilations.size() != spatial || pads.size() != 2 * spatial) {
    return declined("strides, dilations or pads of another length");
  }
  for (size_t d = 0; d < 3; ++d) {
    p.in[d] = p.out[d] = p.kernel[d] = p.stride[d] = p.dilation[d] = 1;
    p.pad[d] = 0;
    if (d + spatial < 3) continue;
    const size_t s = d + spatial - 3;
    p.in[d] = x[s + 2];
    p.out[d] = y[s + 2];
    p.kernel[d] = w[s + 2];
    p.stride[d] = strides[s];
    p.dilation[d] = dilations[s];
    p.pad[d] = pads[s];
  }
  POACL_RETURN_IF_ERROR(read_offsets(op, &p));
  POACL_RETURN_IF_ERROR(read_quant_result(op, 5, p.out_channels, &p.result));
  *params = p;
  return {};
}

}  // namespace poacl
