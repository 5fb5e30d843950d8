#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// Whatever ReduceMax and ReduceMin take, which is bool as well.
Status infer_reduced_shape(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  POACL_ASSIGN_OR_RETURN(const auto given, constant_ints(c, 1, "axes"));
  const bool keep_dims = c.attrs->get_bool("keep_dims");
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  const int64_t rank = static_cast<int64_t>(x.size());
  if (c.has_input(1) && !given) {
    if (keep_dims) {
      c.set_output(0, type, Dims(x.size(), -1));
    } else {
      set_unknown(c, 0, type);
    }
    return {};
  }
  const bool none = !given || given->empty();
  std::vector<bool> reduced(x.size(), none && !c.attrs->get_bool("noop_with_empty_axes"));
  if (given) {
    POACL_ASSIGN_OR_RETURN(const auto axes, normalize_axes(*given, rank, "axes"));
    for (const int64_t axis : axes) reduced[static_cast<size_t>(axis)] = true;
  }
  Dims out;
  for (size_t i = 0; i < x.size(); ++i) {
    if (!reduced[i]) {
      out.push_back(x[i]);
    } else if (keep_dims) {
      out.push_back(1);
    }
  }
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_reduce(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  return infer_reduced_shape(c);
}

Status infer_extreme(InferContext& c) {
  if (c.inputs[0].dtype != DataType::kBool) POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  return infer_reduced_shape(c);
}

Status infer_hard_max(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  if (c.inputs[0].rank_known) {
    const auto rank = static_cast<int64_t>(c.inputs[0].dims.size());
    POACL_RETURN_IF_ERROR(normalize_axis(c.attrs->get_int("axis", -1), rank, "axis").status());
  }
  return infer_same_as_input(c);
}

Status infer_arg(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  const DataType type = *c.attrs->find<DataType>("dtype");
  if (type != DataType::kInt64 && type != DataType::kInt32) {
    return graph_error("dtype is {}, but must be int32 or int64", data_type_name(type));
  }
  POACL_ASSIGN_OR_RETURN(const auto given, constant_ints(c, 1, "dimension"));
  if (given && given->size() != 1) {
    return graph_error("dimension must be one number, but {} are given", given->size());
  }
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims out = c.inputs[0].dims;
  if (out.empty()) return graph_error("x is a scalar; there is no dimension to search");
  if (!given) {
    c.set_output(0, type, Dims(out.size() - 1, -1));
    return {};
  }
  POACL_ASSIGN_OR_RETURN(
      const int64_t axis,
      normalize_axis((*given)[0], static_cast<int64_t>(out.size()), "dimension"));
  if (out[static_cast<size_t>(axis)] == 0) {
    return graph_error("x {} is empty along dimension {}", dims_to_string(out), axis);
  }
  out.erase(out.begin() + axis);
  c.set_output(0, type, std::move(out));
  return {};
}

}  // namespace

std::span<const OpDef> reduce_ops() {
  static const std::vector<OpDef> defs = [] {
    std::vector<OpDef> all;
    for (const std::string_view type :
         {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
          "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"}) {
      const bool extreme = type == "ReduceMax" || type == "ReduceMin";
      all.push_back({type,
                     {{"x"}, {"axes", PortKind::kOptional, true}},
                     {{"y"}},
                     {{"keep_dims", false}, {"noop_with_empty_axes", false}},
                     extreme ? infer_extreme : infer_reduce});
    }
    for (const char* type : {"ArgMaxV2", "ArgMinV2"}) {
      all.push_back({type,
                     {{"x"}, {"dimension", PortKind::kRequired, true}},
                     {{"y"}},
                     {{"dtype", DataType::kInt64}, {"select_last_index", false}},
                     infer_arg});
    }
    all.push_back({"HardMax", {{"x"}}, {{"y"}}, {{"axis", int64_t{-1}}}, infer_hard_max});
    return all;
  }();
  return defs;
}

}  // namespace poacl
