// Shape of a transposed convolution: what a convolution would have to be given to yield x.
#include <algorithm>

#include "graph/ops/conv_infer.h"

namespace poacl {
namespace {

// attribute {0, 0, ...spatial}: rows and columns added behind the result.
Status read_output_padding(const AttrMap& attrs, const Window& w, int64_t* added) {
  const auto list = attrs.get_ints("output_padding");
  if (list.empty()) return {};
  if (list.size() != static_cast<size_t>(w.rank) + 2 || list[0] != 0 || list[1] != 0) {
    return graph_error("output_padding is {}, but must be [0,0,{}height,width]",
                       dims_to_string(list), w.rank == 3 ? "depth," : "");
  }
  for (int i = 0; i < w.rank; ++i) {
    added[i] = list[static_cast<size_t>(i) + 2];
    if (added[i] < 0 || added[i] > kMaxExtent) {
      return graph_error("output_padding is {}; each of them must be from 0 to {}",
                         dims_to_string(list), kMaxExtent);
    }
  }
  return {};
}

}  // namespace

Status infer_conv_transpose(InferContext& c, size_t spatial) {
  POACL_ASSIGN_OR_RETURN(const ConvShapes shapes, check_conv(c, spatial, 2, true));
  Dims y = {shapes.x[0], shapes.outputs};
  Window w;
  w.rank = static_cast<int>(spatial);
  const bool kernel_known =
      std::all_of(shapes.filter.begin() + 2, shapes.filter.end(), [](int64_t d) { return d > 0; });
  if (!kernel_known) {
    y.resize(spatial + 2, -1);
    c.set_output(0, c.inputs[0].dtype, std::move(y));
    return {};
  }
  std::copy(shapes.filter.begin() + 2, shapes.filter.end(), w.kernel);
  POACL_RETURN_IF_ERROR(read_window(*c.attrs, &w));
  POACL_ASSIGN_OR_RETURN(const std::string auto_pad, read_auto_pad(*c.attrs));
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  int64_t added[3] = {0, 0, 0};
  POACL_RETURN_IF_ERROR(read_output_padding(*c.attrs, w, added));
  const auto wanted = c.attrs->get_ints("output_shape");
  if (!wanted.empty() && wanted.size() != spatial) {
    return graph_error("output_shape is {}, but must have {} numbers", dims_to_string(wanted),
                       spatial);
  }
  bool resolved = true;
  for (size_t i = 0; i < spatial; ++i) {
    if (auto_pad == "VALID") w.pad_begin[i] = w.pad_end[i] = 0;
    const int64_t in = shapes.x[i + 2];
    if (in < 0) {
      resolved = resolved && !same && wanted.empty();
      y.push_back(wanted.empty() ? -1 : wanted[i]);
      continue;
    }
    const int64_t full = (in - 1) * w.stride[i] + w.reach(static_cast<int>(i)) + added[i];
    int64_t out = full - w.pad_begin[i] - w.pad_end[i];
    if (same || !wanted.empty()) {
      out = wanted.empty() ? in * w.stride[i] : wanted[i];
      const int64_t total = std::max<int64_t>(0, full - out);
      w.pad_begin[i] = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
      w.pad_end[i] = total - w.pad_begin[i];
    }
    if (out < 1 || out > kMaxElements) {
      return graph_error(
          "dimension {} of the result would have the size {}: x {}, filter {}, pads "
          "{} and {}",
          i + 2, out, dims_to_string(shapes.x), dims_to_string(shapes.filter), w.pad_begin[i],
          w.pad_end[i]);
    }
    y.push_back(out);
  }
  if (resolved) write_pads(w, c.attrs);
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

}  // namespace poacl
