// Slices and gathers.
#include <algorithm>
#include <numeric>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"
#include "kernels/shape/slice_range.h"

namespace poacl {
namespace {

// What is known of a slice while the numbers are not: axes that it leaves alone keep their size,
// the others cannot grow.
void set_open_slice(InferContext& c, const std::optional<std::vector<int64_t>>& axes) {
  const InferContext::In& x = c.inputs[0];
  const int64_t rank = static_cast<int64_t>(x.dims.size());
  std::vector<bool> open(x.dims.size(), true);
  if (axes) {
    open.assign(x.dims.size(), false);
    for (const int64_t axis : *axes) {
      if (axis >= -rank && axis < rank) {
        open[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = true;
      }
    }
  }
  InferContext::Out out{x.dtype, true, x.dims, Dims(x.dims.size(), -1)};
  for (size_t i = 0; i < open.size(); ++i) {
    out.max_dims[i] = x.dims[i] >= 0 ? x.dims[i] : i < x.max_dims.size() ? x.max_dims[i] : -1;
    if (open[i]) out.dims[i] = -1;
  }
  c.outputs[0] = std::move(out);
}

Status infer_slice(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  constexpr std::string_view kNames[] = {"x", "begin", "end", "axes", "strides"};
  std::optional<std::vector<int64_t>> lists[5];
  bool all_constant = true;
  for (size_t i = 1; i < 5; ++i) {
    POACL_RETURN_IF_ERROR(require_rank(c, i, 1, kNames[i]));
    POACL_ASSIGN_OR_RETURN(lists[i], constant_ints(c, i, kNames[i]));
    if (c.has_input(i) && !lists[i]) all_constant = false;
  }
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims out = c.inputs[0].dims;
  if (!all_constant) {
    set_open_slice(c, lists[3]);
    return {};
  }
  const auto& begin = *lists[1];
  const auto& end = *lists[2];
  std::vector<int64_t> axes(begin.size());
  std::iota(axes.begin(), axes.end(), 0);
  if (lists[3]) axes = *lists[3];
  const std::vector<int64_t> strides = lists[4] ? *lists[4] : std::vector<int64_t>(begin.size(), 1);
  if (end.size() != begin.size() || axes.size() != begin.size() || strides.size() != begin.size()) {
    return graph_error(
        "begin, end, axes and strides have {}, {}, {} and {} numbers; they must be "
        "as many",
        begin.size(), end.size(), axes.size(), strides.size());
  }
  POACL_RETURN_IF_ERROR(normalize_axes(axes, static_cast<int64_t>(out.size()), "axes").status());
  const Dims& most = c.inputs[0].max_dims;
  Dims max_dims(out.size(), -1);
  for (size_t i = 0; i < begin.size(); ++i) {
    if (strides[i] == 0) return graph_error("strides {} contains 0", dims_to_string(strides));
    const size_t axis =
        static_cast<size_t>(axes[i] < 0 ? axes[i] + static_cast<int64_t>(out.size()) : axes[i]);
    if (out[axis] < 0) {
      // From the end on one side and from the start on the other: a smaller x may give more.
      if (axis < most.size() && (begin[i] < 0) != (end[i] < 0)) max_dims[axis] = most[axis];
      continue;
    }
    out[axis] = slice_range(begin[i], end[i], strides[i], out[axis]).count;
  }
  c.set_output(0, type, std::move(out));
  c.outputs[0].max_dims = std::move(max_dims);
  return {};
}

Status infer_gather(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  POACL_ASSIGN_OR_RETURN(const auto indices, constant_ints(c, 1, "indices"));
  POACL_ASSIGN_OR_RETURN(const auto given, constant_ints(c, 2, "axis"));
  if (given && given->size() != 1) {
    return graph_error("axis must be one number, but {} are given", given->size());
  }
  if (!c.inputs[0].rank_known || !c.inputs[1].rank_known || (c.has_input(2) && !given)) {
    set_unknown(c, 0, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  POACL_ASSIGN_OR_RETURN(
      const int64_t axis,
      normalize_axis(given ? (*given)[0] : 0, static_cast<int64_t>(x.size()), "axis"));
  const int64_t extent = x[static_cast<size_t>(axis)];
  if (extent >= 0 && indices) {
    for (const int64_t index : *indices) {
      if (index < -extent || index >= extent) {
        return graph_error("index {} is out of range: dimension {} of x {} allows {} to {}", index,
                           axis, dims_to_string(x), -extent, extent - 1);
      }
    }
  }
  if (extent == 0 && element_count(c.inputs[1].dims) != 0) {
    return graph_error("nothing can be gathered from x {}: dimension {} is empty",
                       dims_to_string(x), axis);
  }
  Dims out(x.begin(), x.begin() + axis);
  out.insert(out.end(), c.inputs[1].dims.begin(), c.inputs[1].dims.end());
  out.insert(out.end(), x.begin() + axis + 1, x.end());
  c.set_output(0, type, std::move(out));
  return {};
}

}  // namespace

std::span<const OpDef> index_ops() {
  static const std::vector<OpDef> defs = {
      {"StridedSliceV2",
       {{"x"},
        {"begin", PortKind::kRequired, true},
        {"end", PortKind::kRequired, true},
        {"axes", PortKind::kOptional, true},
        {"strides", PortKind::kOptional, true}},
       {{"y"}},
       {},
       infer_slice},
      {"GatherV2",
       {{"x"}, {"indices"}, {"axis", PortKind::kOptional, true}},
       {{"y"}},
       {},
       infer_gather},
  };
  return defs;
}

}  // namespace poacl
