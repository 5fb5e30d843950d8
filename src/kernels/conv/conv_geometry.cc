#include "kernels/conv/conv_geometry.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace poacl {
namespace {

constexpr int64_t kLargestDim = int64_t{1} << 31;
constexpr int64_t kMostElements = int64_t{1} << 40;

bool sizes_in_range(const Dims& dims) {
  const bool small =
      std::all_of(dims.begin(), dims.end(), [](int64_t d) { return d >= 0 && d < kLargestDim; });
  const int64_t count = element_count(dims);
  return small && count >= 0 && count <= kMostElements;
}

bool in_range(const std::vector<int64_t>& values, int64_t low) {
  return std::all_of(values.begin(), values.end(),
                     [low](int64_t v) { return v >= low && v < kLargestDim; });
}

Status check_tensors(const OpInstance& op) {
  if (op.inputs.size() < 2 || op.outputs.size() != 1) {
    return declined(fmt::format("Conv2D has {} inputs and {} outputs instead of 2 to 4 and 1",
                                op.inputs.size(), op.outputs.size()));
  }
  for (const auto tensors : {op.inputs, op.outputs}) {
    for (const TensorDesc& t : tensors) {
      if (t.absent()) continue;
      if (t.dtype != DataType::kFloat) {
        return declined(fmt::format("tensor of type {}, float wanted", data_type_name(t.dtype)));
      }
      if (!sizes_in_range(t.dims)) {
        return declined(fmt::format("tensor {} is out of range", dims_to_string(t.dims)));
      }
    }
  }
  if (op.inputs[0].dims.size() != 4 || op.inputs[1].dims.size() != 4 ||
      op.outputs[0].dims.size() != 4) {
    return declined(fmt::format(
        "x {}, filter {}, y {}: rank 4 wanted for each", dims_to_string(op.inputs[0].dims),
        dims_to_string(op.inputs[1].dims), dims_to_string(op.outputs[0].dims)));
  }
  return {};
}

}  // namespace

Result<ConvGeometry> conv_geometry(const OpInstance& op) {
  POACL_RETURN_IF_ERROR(check_tensors(op));
  const auto strides = op.attrs->get_ints("strides", {1, 1, 1, 1});
  const auto pads = op.attrs->get_ints("pads", {0, 0, 0, 0});
  const auto dilations = op.attrs->get_ints("dilations", {1, 1, 1, 1});
  if (strides.size() != 4 || pads.size() != 4 || dilations.size() != 4 || !in_range(strides, 1) ||
      !in_range(pads, 0) || !in_range(dilations, 1)) {
    return declined(fmt::format("strides {}, pads {}, dilations {}: four numbers in range each",
                                dims_to_string(strides), dims_to_string(pads),
                                dims_to_string(dilations)));
  }
  const Dims& x = op.inputs[0].dims;
  const Dims& f = op.inputs[1].dims;
  const Dims& y = op.outputs[0].dims;
  ConvGeometry g{};
  g.n = x[0], g.c = x[1], g.h = x[2], g.w = x[3];
  g.o = f[0], g.kh = f[2], g.kw = f[3];
  g.oh = y[2], g.ow = y[3];
  g.sh = strides[2], g.sw = strides[3];
  g.pt = pads[0], g.pb = pads[1], g.pl = pads[2], g.pr = pads[3];
  g.dh = dilations[2], g.dw = dilations[3];
  g.groups = op.attrs->get_int("groups", 1);
  g.has_bias = op.inputs.size() > 2 && !op.inputs[2].absent();
  g.has_residual = op.inputs.size() > 3 && !op.inputs[3].absent();
  g.activation = activation_of(*op.attrs);

  if (g.groups < 1 || g.c < 1 || g.o < 1 || g.kh < 1 || g.kw < 1 || g.c % g.groups != 0 ||
      g.o % g.groups != 0 || f[1] != g.c / g.groups) {
    return declined(fmt::format("x {} and filter {} do not fit {} groups", dims_to_string(x),
                                dims_to_string(f), g.groups));
  }
  // Every term is below 2^31 and every product below 2^62.
  const int64_t padded_h = g.h + g.pt + g.pb;
  const int64_t padded_w = g.w + g.pl + g.pr;
  const int64_t extent_h = (g.kh - 1) * g.dh + 1;
  const int64_t extent_w = (g.kw - 1) * g.dw + 1;
  const Dims expected = {g.n, g.o, extent_h > padded_h ? 0 : (padded_h - extent_h) / g.sh + 1,
                         extent_w > padded_w ? 0 : (padded_w - extent_w) / g.sw + 1};
  if (y != expected) {
    return declined(fmt::format("y is {} where x {}, filter {} and the attributes give {}",
                                dims_to_string(y), dims_to_string(x), dims_to_string(f),
                                dims_to_string(expected)));
  }
  int64_t padded_elements = 0;
  if (__builtin_mul_overflow(padded_h, padded_w, &padded_elements) ||
      __builtin_mul_overflow(padded_elements, g.n * g.c, &padded_elements) ||
      padded_elements > kMostElements) {
    return declined(
        fmt::format("x {} padded to {}x{} is out of range", dims_to_string(x), padded_h, padded_w));
  }
  if (g.has_bias && op.inputs[2].dims != Dims{g.o}) {
    return declined(fmt::format("bias is {}, [{}] wanted", dims_to_string(op.inputs[2].dims), g.o));
  }
  if (g.has_residual && op.inputs[3].dims != y) {
    return declined(fmt::format("residual is {}, y is {}", dims_to_string(op.inputs[3].dims),
                                dims_to_string(y)));
  }
  return g;
}

}  // namespace poacl
