// Normalisations of rows by their own statistics: LayerNormV3, RmsNorm, GroupNorm, InstanceNorm.
#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// gamma and beta hold `count` numbers (-1: unknown), whatever their shapes.
Status check_parameters(const InferContext& c, int64_t count) {
  constexpr std::string_view kNames[] = {"x", "gamma", "beta"};
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  for (size_t i = 1; i < c.inputs.size(); ++i) {
    POACL_RETURN_IF_ERROR(require_float(c, i, kNames[i]));
    if (!c.has_input(i) || !c.inputs[i].rank_known || count < 0) continue;
    const int64_t given = element_count(c.inputs[i].dims);
    if (given >= 0 && given != count) {
      return graph_error("{} {} must have {} elements", kNames[i], dims_to_string(c.inputs[i].dims),
                         count);
    }
  }
  return {};
}

Status infer_layer_norm(InferContext& c) {
  const auto& x = c.inputs[0];
  for (size_t i = 1; i < c.outputs.size(); ++i) set_unknown(c, i, x.dtype);
  POACL_RETURN_IF_ERROR(infer_same_as_input(c));
  if (!x.rank_known) return check_parameters(c, -1);
  POACL_ASSIGN_OR_RETURN(const int64_t axis,
                         normalize_axis(c.attrs->get_int("begin_norm_axis"),
                                        static_cast<int64_t>(x.dims.size()), "begin_norm_axis"));
  const auto split = static_cast<size_t>(axis);
  POACL_RETURN_IF_ERROR(
      check_parameters(c, element_count(std::span<const int64_t>(x.dims).subspan(split))));
  Dims rows = x.dims;
  for (size_t i = split; i < rows.size(); ++i) rows[i] = 1;
  for (size_t i = 1; i < c.outputs.size(); ++i) c.set_output(i, x.dtype, rows);
  return {};
}

Status require_channels(const InferContext& c) {
  if (!c.inputs[0].rank_known || c.inputs[0].dims.size() >= 2) return {};
  return graph_error("x has shape {}, but must be [N,C,...]", dims_to_string(c.inputs[0].dims));
}

Status infer_group_norm(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_channels(c));
  const auto& x = c.inputs[0];
  const int64_t groups = c.attrs->get_int("num_groups");
  if (groups < 1) return graph_error("num_groups is {}, but must be at least 1", groups);
  const int64_t channels = x.rank_known ? x.dims[1] : -1;
  if (channels >= 0 && channels % groups != 0) {
    return graph_error("x {} has {} channels, which cannot be divided into {} groups",
                       dims_to_string(x.dims), channels, groups);
  }
  const bool per_group =
      c.has_input(1) && c.inputs[1].rank_known && c.inputs[1].dims == Dims{groups};
  POACL_RETURN_IF_ERROR(check_parameters(c, per_group ? groups : channels));
  for (size_t i = 1; i < c.outputs.size(); ++i) {
    c.set_output(i, x.dtype, {x.rank_known ? x.dims[0] : -1, groups});
  }
  return infer_same_as_input(c);
}

Status infer_instance_norm(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_channels(c));
  const auto& x = c.inputs[0];
  POACL_RETURN_IF_ERROR(check_parameters(c, x.rank_known ? x.dims[1] : -1));
  for (size_t i = 1; i < c.outputs.size(); ++i) {
    if (!x.rank_known) {
      set_unknown(c, i, x.dtype);
      continue;
    }
    Dims dims(x.dims.size(), 1);
    dims[0] = x.dims[0];
    dims[1] = x.dims[1];
    c.set_output(i, x.dtype, std::move(dims));
  }
  return infer_same_as_input(c);
}

}  // namespace

std::span<const OpDef> row_norm_ops() {
  static const std::vector<OpDef> defs = {
      {"LayerNormV3",
       {{"x"}, {"gamma", PortKind::kOptional}, {"beta", PortKind::kOptional}},
       {{"y"}, {"mean"}, {"rstd"}},
       {{"begin_norm_axis", int64_t{-1}}, {"epsilon", 1e-5f}},
       infer_layer_norm},
      {"RmsNorm",
       {{"x"}, {"gamma", PortKind::kOptional}},
       {{"y"}, {"rstd"}},
       {{"begin_norm_axis", int64_t{-1}}, {"epsilon", 1e-6f}},
       infer_layer_norm},
      {"GroupNorm",
       {{"x"}, {"gamma", PortKind::kOptional}, {"beta", PortKind::kOptional}},
       {{"y"}, {"mean"}, {"variance"}},
       {{"num_groups", int64_t{1}, true}, {"eps", 1e-5f}},
       infer_group_norm},
      {"InstanceNorm",
       {{"x"}, {"gamma", PortKind::kOptional}, {"beta", PortKind::kOptional}},
       {{"y"}, {"mean"}, {"variance"}},
       {{"epsilon", 1e-5f}},
       infer_instance_norm},
  };
  return defs;
}

}  // namespace poacl
