// InstanceNormalization, GroupNormalization, LayerNormalization, RMSNormalization,
// LpNormalization, MeanVarianceNormalization.
#include <algorithm>
#include <limits>

#include "frontend/onnx/tensor_decode.h"
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Result<ValueId> cast_to(TranslateContext& context, ValueId value, DataType type) {
  if (value == kNoValue || context.graph().value(value).dtype == type) return value;
  AttrMap attrs;
  attrs.set("dst_type", type);
  return context.add("Cast", {value}, std::move(attrs));
}

Status translate_instance_norm(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  AttrMap attrs;
  attrs.set("epsilon", context.node().attrs.get_float("epsilon", 1e-5f));
  return emit(context, "InstanceNorm", {context.input(0), context.input(1), context.input(2)},
              std::move(attrs));
}

Status translate_group_norm(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  const int64_t* groups = context.node().attrs.find<int64_t>("num_groups");
  if (groups == nullptr) return graph_error("the attribute num_groups is missing");
  AttrMap attrs;
  attrs.set("num_groups", *groups);
  attrs.set("eps", context.node().attrs.get_float("epsilon", 1e-5f));
  return emit(context, "GroupNorm", {context.input(0), context.input(1), context.input(2)},
              std::move(attrs));
}

// Whether a scale or bias has one number for each normalised element, in their order.
bool is_full_parameter(const TranslateContext& context, size_t input, int64_t axis) {
  if (!context.has_input(input)) return true;
  const Value& x = context.input_value(0);
  const Value& parameter = context.input_value(input);
  if (!x.fully_known() || !parameter.fully_known()) return false;
  const std::span<const int64_t> normalised =
      std::span<const int64_t>(x.dims).subspan(static_cast<size_t>(axis));
  const Dims& own = parameter.dims;
  if (own.size() < normalised.size()) {
    return element_count(own) == element_count(normalised) &&
           std::equal(own.rbegin(), own.rend(), normalised.rbegin());
  }
  const size_t extra = own.size() - normalised.size();
  return element_count(own) == element_count(normalised) &&
         std::equal(normalised.begin(), normalised.end(),
                    own.begin() + static_cast<int64_t>(extra));
}

// Sets ONNX output `index` (Mean, InvStdDev) to output `from` of the node added last, in the
// precision that stash_type names.
Status set_statistic(TranslateContext& context, ValueId value, size_t index) {
  if (context.node().outputs.size() <= index || context.node().outputs[index].empty()) return {};
  const DataType stash =
      data_type_from_onnx(static_cast<int32_t>(context.node().attrs.get_int("stash_type", 1)));
  if (data_type_size(stash) == 0) return context.unsupported("this stash_type");
  POACL_ASSIGN_OR_RETURN(value, cast_to(context, value, stash));
  context.set_output(index, value);
  return {};
}

// LayerNormalization and RMSNormalization; scale and bias outside where they only broadcast to x.
Status translate_layer_norm(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  const bool rms = context.node().op_type == "RMSNormalization";
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  const int64_t given = context.node().attrs.get_int("axis", -1);
  const int64_t axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank) {
    return graph_error("axis is {}, but an input of rank {} allows {} to {}", given, rank, -rank,
                       rank - 1);
  }
  AttrMap attrs;
  attrs.set("begin_norm_axis", axis);
  attrs.set("epsilon", context.node().attrs.get_float("epsilon", 1e-5f));
  const DataType type = context.input_value(0).dtype;
  POACL_ASSIGN_OR_RETURN(const ValueId scale, cast_to(context, context.input(1), type));
  POACL_ASSIGN_OR_RETURN(const ValueId bias,
                         cast_to(context, rms ? kNoValue : context.input(2), type));
  const bool inside =
      is_full_parameter(context, 1, axis) && (rms || is_full_parameter(context, 2, axis));
  std::vector<ValueId> inputs = {context.input(0)};
  if (inside) {
    inputs.push_back(scale);
    if (bias != kNoValue) inputs.push_back(bias);
  }
  const int outputs =
      static_cast<int>(std::min<size_t>(context.node().outputs.size(), rms ? 1 : 3));
  POACL_ASSIGN_OR_RETURN(ValueId y, context.add(rms ? "RmsNorm" : "LayerNormV3", std::move(inputs),
                                                std::move(attrs), outputs));
  const ValueId mean = context.last_output(1);
  const ValueId deviation = context.last_output(2);
  if (!inside) {
    POACL_ASSIGN_OR_RETURN(y, context.add("Mul", {y, scale}));
    if (bias != kNoValue) {
      POACL_ASSIGN_OR_RETURN(y, context.add("Add", {y, bias}));
    }
  }
  context.set_output(0, y);
  if (rms) return {};
  POACL_RETURN_IF_ERROR(set_statistic(context, mean, 1));
  return set_statistic(context, deviation, 2);
}

Result<ValueId> reduce(TranslateContext& context, const char* type, ValueId x, ValueId axes) {
  AttrMap attrs;
  attrs.set("keep_dims", true);
  return context.add(type, {x, axes}, std::move(attrs));
}

// The least normal number of the type: a divisor that leaves only 0 / 0 changed.
double least_normal(DataType type) {
  switch (type) {
    case DataType::kDouble:
      return std::numeric_limits<double>::min();
    case DataType::kFloat16:
      return 6.103515625e-5;
    default:
      return static_cast<double>(std::numeric_limits<float>::min());
  }
}

Status translate_lp_normalization(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const int64_t p = context.node().attrs.get_int("p", 2);
  if (p != 1 && p != 2) return graph_error("p is {}, but must be 1 or 2", p);
  const ValueId x = context.input(0);
  const DataType type = context.input_value(0).dtype;
  const ValueId axes = add_ints(context, "axes", {1}, {context.node().attrs.get_int("axis", -1)});
  const ValueId least = add_scalar(context, "least", type, least_normal(type));
  if (least == kNoValue) {
    return context.unsupported("the type " + std::string(data_type_name(type)));
  }
  Result<ValueId> terms = p == 1 ? context.add("Abs", {x}) : context.add("Mul", {x, x});
  POACL_RETURN_IF_ERROR(terms.status());
  POACL_ASSIGN_OR_RETURN(ValueId norm, reduce(context, "ReduceSum", *terms, axes));
  if (p == 2) {
    POACL_ASSIGN_OR_RETURN(norm, context.add("Sqrt", {norm}));
  }
  POACL_ASSIGN_OR_RETURN(norm, context.add("Maximum", {norm, least}));
  return emit(context, "RealDiv", {x, norm});
}

Status translate_mean_variance(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const DataType type = context.input_value(0).dtype;
  auto list = context.node().attrs.get_ints("axes", {0, 2, 3});
  if (context.node().opset < 9 && context.node().attrs.get_int("across_channels", 0) != 0) {
    list = {0, 1, 2, 3};
  }
  const ValueId axes = add_ints(context, "axes", {static_cast<int64_t>(list.size())}, list);
  const ValueId least = add_scalar(context, "epsilon", type, 1e-9);
  if (least == kNoValue) {
    return context.unsupported("the type " + std::string(data_type_name(type)));
  }
  POACL_ASSIGN_OR_RETURN(const ValueId mean, reduce(context, "ReduceMean", context.input(0), axes));
  POACL_ASSIGN_OR_RETURN(const ValueId centred, context.add("Sub", {context.input(0), mean}));
  if (context.node().opset < 9 && context.node().attrs.get_int("normalize_variance", 1) == 0) {
    context.set_output(0, centred);
    return {};
  }
  POACL_ASSIGN_OR_RETURN(const ValueId squares, context.add("Mul", {centred, centred}));
  POACL_ASSIGN_OR_RETURN(const ValueId variance, reduce(context, "ReduceMean", squares, axes));
  POACL_ASSIGN_OR_RETURN(const ValueId deviation, context.add("Sqrt", {variance}));
  POACL_ASSIGN_OR_RETURN(const ValueId divisor, context.add("Add", {deviation, least}));
  return emit(context, "RealDiv", {centred, divisor});
}

}  // namespace

std::span<const TranslatorEntry> row_norm_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"InstanceNormalization", translate_instance_norm},
      {"GroupNormalization", translate_group_norm, 18},
      {"LayerNormalization", translate_layer_norm},
      {"RMSNormalization", translate_layer_norm},
      {"LpNormalization", translate_lp_normalization},
      {"MeanVarianceNormalization", translate_mean_variance},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
