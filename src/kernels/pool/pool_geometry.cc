#include "kernels/pool/pool_geometry.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace poacl {
namespace {

constexpr int64_t kLargestDim = int64_t{1} << 31;
constexpr int64_t kMostElements = int64_t{1} << 40;

bool four_in_range(const std::vector<int64_t>& values, int64_t low) {
  return values.size() == 4 && std::all_of(values.begin(), values.end(), [low](int64_t v) {
           return v >= low && v < kLargestDim;
         });
}

Status check_tensors(const OpInstance& op) {
  if (op.inputs.size() != 1 || op.outputs.size() != 1) {
    return declined(fmt::format("{} has {} inputs and {} outputs instead of 1 and 1", op.type,
                                op.inputs.size(), op.outputs.size()));
  }
  for (const TensorDesc* t : {&op.inputs[0], &op.outputs[0]}) {
    const int64_t count = element_count(t->dims);
    const bool small = std::all_of(t->dims.begin(), t->dims.end(),
                                   [](int64_t d) { return d >= 0 && d < kLargestDim; });
    if (t->dims.size() != 4 || !small || count < 0 || count > kMostElements) {
      return declined(
          fmt::format("tensor {}: rank 4 and sizes in range wanted", dims_to_string(t->dims)));
    }
  }
  if (op.inputs[0].dtype != op.outputs[0].dtype) {
    return declined(fmt::format("x of type {}, y of type {}", data_type_name(op.inputs[0].dtype),
                                data_type_name(op.outputs[0].dtype)));
  }
  return {};
}

}  // namespace

Result<PoolGeometry> pool_geometry(const OpInstance& op) {
  POACL_RETURN_IF_ERROR(check_tensors(op));
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  PoolGeometry g{};
  g.n = x[0], g.c = x[1], g.h = x[2], g.w = x[3];
  g.oh = y[2], g.ow = y[3];
  g.dtype = op.inputs[0].dtype;
  g.average = op.type != "MaxPoolV3";
  g.exclusive = op.attrs->get_bool("exclusive", true);
  if (op.type == "GlobalAveragePool" || op.attrs->get_bool("global_pooling")) {
    g.kh = g.h, g.kw = g.w;
    g.sh = g.sw = g.dh = g.dw = 1;
  } else {
    const auto ksize = op.attrs->get_ints("ksize");
    const auto strides = op.attrs->get_ints("strides", {1, 1, 1, 1});
    const auto pads = op.attrs->get_ints("pads", {0, 0, 0, 0});
    const auto dilations = op.attrs->get_ints("dilations", {1, 1, 1, 1});
    if (!four_in_range(ksize, 1) || !four_in_range(strides, 1) || !four_in_range(pads, 0) ||
        !four_in_range(dilations, 1)) {
      return declined(
          fmt::format("ksize {}, strides {}, pads {}, dilations {}: four numbers in "
                      "range each",
                      dims_to_string(ksize), dims_to_string(strides), dims_to_string(pads),
                      dims_to_string(dilations)));
    }
    g.kh = ksize[2], g.kw = ksize[3];
    g.sh = strides[2], g.sw = strides[3];
    g.pt = pads[0], g.pb = pads[1], g.pl = pads[2], g.pr = pads[3];
    g.dh = dilations[2], g.dw = dilations[3];
  }
  // Every window must begin inside the padded image; with ceil_mode the last may end outside.
  const bool rows_fit = g.oh == 0 || (g.oh - 1) * g.sh < g.h + g.pt + g.pb;
  const bool cols_fit = g.ow == 0 || (g.ow - 1) * g.sw < g.w + g.pl + g.pr;
  if (y[0] != g.n || y[1] != g.c || !rows_fit || !cols_fit) {
    return declined(fmt::format(
        "y {} does not fit x {}, ksize {}x{}, strides {}x{}, pads "
        "{},{},{},{}",
        dims_to_string(y), dims_to_string(x), g.kh, g.kw, g.sh, g.sw, g.pt, g.pb, g.pl, g.pr));
  }
  return g;
}

}  // namespace poacl
