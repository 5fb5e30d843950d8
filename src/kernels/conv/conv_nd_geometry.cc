#include "kernels/conv/conv_nd_geometry.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace poacl {
namespace {

constexpr int64_t kLargestDim = int64_t{1} << 31;
constexpr int64_t kMostElements = int64_t{1} << 40;

bool in_range(const std::vector<int64_t>& values, size_t count, int64_t low) {
  return values.size() == count && std::all_of(values.begin(), values.end(), [low](int64_t v) {
           return v >= low && v < kLargestDim;
         });
}

Status check_tensor(const TensorDesc& t, DataType dtype, size_t rank) {
  if (t.dtype != dtype) {
    return declined(
        fmt::format("tensors of types {} and {}", data_type_name(t.dtype), data_type_name(dtype)));
  }
  const int64_t count = element_count(t.dims);
  const bool small = std::all_of(t.dims.begin(), t.dims.end(),
                                 [](int64_t d) { return d >= 1 && d < kLargestDim; });
  if (t.dims.size() == rank && small && count <= kMostElements) return {};
  return declined(
      fmt::format("tensor {}: rank {} and sizes in range wanted", dims_to_string(t.dims), rank));
}

// Whether y's dimension i follows from the others.
bool size_fits(const ConvNdGeometry& g, int i, int64_t pad_end) {
  const int64_t reach = (g.kernel[i] - 1) * g.dilation[i] + 1;
  if (g.transposed) return true;  // outputs that no tap reaches are bias only
  const int64_t padded = g.in[i] + g.pad[i] + pad_end;
  return reach <= padded && (padded - reach) / g.stride[i] + 1 == g.out[i];
}

}  // namespace

Result<ConvNdGeometry> conv_nd_geometry(const OpInstance& op) {
  const bool deformable = op.type == "DeformableConv2D";
  const size_t bias = deformable ? 3 : 2;
  if (op.inputs.size() < 2 || op.outputs.size() != 1) return declined("inputs are missing");
  const size_t rank = op.inputs[0].dims.size();
  if (rank != 4 && rank != 5) return declined("x must have rank 4 or 5");
  ConvNdGeometry g{};
  g.dtype = op.inputs[0].dtype;
  if (g.dtype != DataType::kFloat && g.dtype != DataType::kDouble) {
    return declined(fmt::format("tensors of type {}", data_type_name(g.dtype)));
  }
  g.transposed = op.type == "Conv2DTransposeD" || op.type == "Conv3DTransposeD";
  g.has_bias = op.inputs.size() > bias && !op.inputs[bias].absent();
  g.has_residual = !g.transposed && !deformable && op.inputs.size() > 3 && !op.inputs[3].absent();
  for (const TensorDesc* t : {&op.inputs[0], &op.inputs[1], &op.outputs[0]}) {
    POACL_RETURN_IF_ERROR(check_tensor(*t, g.dtype, rank));
  }
  const std::vector<int64_t> ones(rank, 1);
  const auto strides = op.attrs->get_ints("strides", ones);
  const auto dilations = op.attrs->get_ints("dilations", ones);
  const auto pads = op.attrs->get_ints("pads", std::vector<int64_t>(2 * rank - 4, 0));
  if (!in_range(strides, rank, 1) || !in_range(pads, 2 * rank - 4, 0) ||
      !in_range(dilations, rank, 1)) {
    return declined(fmt::format("strides {}, pads {}, dilations {}: numbers in range wanted",
                                dims_to_string(strides), dims_to_string(pads),
                                dims_to_string(dilations)));
  }
  const Dims& x = op.inputs[0].dims;
  const Dims& f = op.inputs[1].dims;
  const Dims& y = op.outputs[0].dims;
  g.n = x[0], g.c = x[1], g.o = y[1];
  g.groups = op.attrs->get_int("groups", 1);
  g.activation = activation_of(*op.attrs);
  const int64_t filter_in = g.transposed ? f[0] : f[1] * std::max<int64_t>(g.groups, 1);
  const int64_t filter_out = g.transposed ? f[1] * std::max<int64_t>(g.groups, 1) : f[0];
  if (g.groups < 1 || g.c % g.groups != 0 || g.o % g.groups != 0 || filter_in != g.c ||
      filter_out != g.o || y[0] != g.n) {
    return declined(fmt::format("x {}, filter {} and y {} do not fit {} groups", dims_to_string(x),
                                dims_to_string(f), dims_to_string(y), g.groups));
  }
  for (int i = 0; i < 3; ++i) {
    g.in[i] = g.out[i] = g.kernel[i] = g.stride[i] = g.dilation[i] = 1;
    const size_t at = static_cast<size_t>(i) + rank - 5 + 2;  // of {n, c, ...}
    if (at < 2) continue;
    g.in[i] = x[at], g.out[i] = y[at], g.kernel[i] = f[at];
    g.stride[i] = strides[at], g.dilation[i] = dilations[at];
    g.pad[i] = pads[2 * (at - 2)];
    if (!size_fits(g, i, pads[2 * (at - 2) + 1])) {
      return declined(
          fmt::format("y is {}, which does not follow from x {}, filter {} and the "
                      "attributes",
                      dims_to_string(y), dims_to_string(x), dims_to_string(f)));
    }
  }
  if (g.has_bias && (op.inputs[bias].dims != Dims{g.o} || op.inputs[bias].dtype != g.dtype)) {
    return declined(
        fmt::format("bias is {}, [{}] wanted", dims_to_string(op.inputs[bias].dims), g.o));
  }
  if (g.has_residual && (op.inputs[3].dims != y || op.inputs[3].dtype != g.dtype)) {
    return declined(fmt::format("residual is {}, y is {}", dims_to_string(op.inputs[3].dims),
                                dims_to_string(y)));
  }
  return g;
}

int64_t phase_count(const ConvNdGeometry& g, int dim) {
  return g.transposed ? g.stride[dim] : 1;
}

ConvPhase phase_of(const ConvNdGeometry& g, int dim, int64_t phase) {
  if (!g.transposed) {
    return {0, 1, g.out[dim], 0, 1, g.kernel[dim], -g.pad[dim], g.stride[dim], g.dilation[dim]};
  }
  const int64_t stride = g.stride[dim];
  const int64_t dilation = g.dilation[dim];
  ConvPhase p{};
  p.out_first = (phase + stride - g.pad[dim] % stride) % stride;
  p.out_step = stride;
  p.out_count = p.out_first < g.out[dim] ? (g.out[dim] - p.out_first + stride - 1) / stride : 0;
  // Tap k reaches output q * stride + out_first from input
  // q + (out_first + pad - k * dilation) / stride, if that division is exact; such taps are
  // tap_step apart.
  p.tap_step = stride / std::gcd(stride, dilation);
  p.in_step = 1;
  p.in_tap = -(p.tap_step * dilation / stride);
  p.tap_first = -1;
  for (int64_t k = 0; k < p.tap_step && k < g.kernel[dim]; ++k) {
    if ((phase - k * dilation) % stride == 0) {
      p.tap_first = k;
      break;
    }
  }
  if (p.tap_first < 0) return p;
  p.tap_count = (g.kernel[dim] - p.tap_first + p.tap_step - 1) / p.tap_step;
  p.in_first = (p.out_first + g.pad[dim] - p.tap_first * dilation) / stride;
  return p;
}

}  // namespace poacl
