// Operators that pick some of what they get: NonZero, Unique..., NonMaxSuppressionV7. How much they
// pick is known only once they ran (graph/eager/).
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status require_index_type(DataType type, std::string_view what) {
  if (type == DataType::kInt32 || type == DataType::kInt64) return {};
  return graph_error("{} is {}; int32 and int64 are possible", what, data_type_name(type));
}

void set_bounded(InferContext& c, size_t i, DataType dtype, Dims dims, Dims max_dims) {
  if (i >= c.outputs.size()) return;
  c.outputs[i] = InferContext::Out{dtype, true, std::move(dims), std::move(max_dims)};
}

Status infer_non_zero(InferContext& c) {
  const InferContext::In& x = c.inputs[0];
  if (!is_numeric(x.dtype) && x.dtype != DataType::kBool) {
    return graph_error("x is {}, not a tensor of numbers", data_type_name(x.dtype));
  }
  const DataType* given = c.attrs->find<DataType>("dtype");
  const DataType type = given == nullptr ? DataType::kInt64 : *given;
  POACL_RETURN_IF_ERROR(require_index_type(type, "dtype"));
  const bool transposed = c.attrs->get_bool("transpose");
  if (!x.rank_known) {
    c.set_output(0, type, {-1, -1});
    return {};
  }
  // A scalar counts as a list of one.
  const int64_t rank = std::max<int64_t>(1, static_cast<int64_t>(x.dims.size()));
  Dims dims = {rank, -1};
  Dims most = {-1, element_count(x.dims)};
  if (transposed) {
    std::swap(dims[0], dims[1]);
    std::swap(most[0], most[1]);
  }
  set_bounded(c, 0, type, std::move(dims), std::move(most));
  return {};
}

Status infer_unique(InferContext& c) {
  const InferContext::In& x = c.inputs[0];
  if (!is_numeric(x.dtype) && x.dtype != DataType::kBool) {
    return graph_error("x is {}, not a tensor of numbers", data_type_name(x.dtype));
  }
  const DataType* given = c.attrs->find<DataType>("out_idx");
  const DataType index_type = given == nullptr ? DataType::kInt64 : *given;
  POACL_RETURN_IF_ERROR(require_index_type(index_type, "out_idx"));
  const bool flat = !c.attrs->has("axis");
  int64_t count = -1;
  Dims dims = {-1};
  size_t axis = 0;
  if (x.rank_known) {
    count = element_count(x.dims);
    if (!flat) {
      POACL_ASSIGN_OR_RETURN(
          const int64_t found,
          normalize_axis(c.attrs->get_int("axis"), static_cast<int64_t>(x.dims.size()), "axis"));
      axis = static_cast<size_t>(found);
      dims = x.dims;
      count = dims[axis];
      dims[axis] = -1;
    }
  }
  if (!x.rank_known && !flat) {
    set_unknown(c, 0, x.dtype);
  } else {
    Dims most(dims.size(), -1);
    most[axis] = count;
    set_bounded(c, 0, x.dtype, std::move(dims), std::move(most));
  }
  c.set_output(1, index_type, {count});
  set_bounded(c, 2, index_type, {-1}, {count});
  set_bounded(c, 3, index_type, {-1}, {count});
  return {};
}

// The number an optional input holds, at least 0; -1 when it is not constant.
Result<int64_t> most_boxes(const InferContext& c) {
  POACL_ASSIGN_OR_RETURN(const auto given, constant_ints(c, 2, "max_output_size"));
  if (!c.has_input(2)) return 0;
  if (!given) return -1;
  if (given->size() != 1) {
    return graph_error("max_output_size must be one number, but {} are given", given->size());
  }
  return std::max<int64_t>(0, given->front());
}

Status infer_non_max_suppression(InferContext& c) {
  for (const size_t i : {size_t{0}, size_t{1}}) {
    POACL_RETURN_IF_ERROR(require_float(c, i, i == 0 ? "boxes" : "scores"));
    POACL_RETURN_IF_ERROR(require_rank(c, i, 3, i == 0 ? "boxes" : "scores"));
  }
  for (const size_t i : {size_t{3}, size_t{4}}) {
    POACL_RETURN_IF_ERROR(require_float(c, i, i == 3 ? "iou_threshold" : "score_threshold"));
  }
  POACL_RETURN_IF_ERROR(require_dim(c, 0, 2, 4, "boxes"));
  const int64_t center = c.attrs->get_int("center_point_box");
  if (center != 0 && center != 1) {
    return graph_error("center_point_box is {}; 0 and 1 are possible", center);
  }
  POACL_ASSIGN_OR_RETURN(const int64_t wanted, most_boxes(c));
  Dims most = {-1, -1};
  if (c.inputs[0].rank_known && c.inputs[1].rank_known) {
    const Dims& scores = c.inputs[1].dims;
    POACL_RETURN_IF_ERROR(require_dim(c, 0, 0, scores[0], "boxes"));
    POACL_RETURN_IF_ERROR(require_dim(c, 0, 1, scores[2], "boxes"));
    // All three are below 2^31, and so is their product when all are known.
    const Dims picked = {scores[0], scores[1],
                         wanted < 0 || (scores[2] >= 0 && scores[2] < wanted) ? scores[2] : wanted};
    most[0] = element_count(picked);
  }
  set_bounded(c, 0, DataType::kInt32, {-1, 3}, std::move(most));
  return {};
}

}  // namespace

std::span<const OpDef> select_ops() {
  constexpr PortKind kOptional = PortKind::kOptional;
  static const std::vector<OpDef> defs = {
      {"NonZero",
       {{"x"}},
       {{"y"}},
       {{"transpose", false}, {"dtype", DataType::kInt64}},
       infer_non_zero},
      // Ascend's has no axis and no `first` (where each value stands first); both are optional.
      {"UniqueWithCountsAndSorting",
       {{"x"}},
       {{"y"}, {"indices"}, {"counts"}, {"first"}},
       {{"sorted", true}, {"out_idx", DataType::kInt64}},
       infer_unique},
      {"NonMaxSuppressionV7",
       {{"boxes"},
        {"scores"},
        {"max_output_size", kOptional},
        {"iou_threshold", kOptional},
        {"score_threshold", kOptional}},
       {{"selected_indices"}},
       {{"center_point_box", int64_t{0}}},
       infer_non_max_suppression},
  };
  return defs;
}

}  // namespace poacl
