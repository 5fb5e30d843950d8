#include <limits>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"

namespace poacl::onnx_frontend {
namespace {

// Operators of the same meaning and the same name.
Status translate_same(TranslateContext& context) {
  return emit(context, context.node().op_type, {context.input(0)});
}

Status translate_not(TranslateContext& context) {
  return emit(context, "LogicalNot", {context.input(0)});
}

Status with_floats(TranslateContext& context, const char* onnx_name, const char* ir_name,
                   float fallback, const char* second = nullptr, float second_fallback = 0) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set(ir_name, given.get_float(onnx_name, fallback));
  if (second) attrs.set(second, given.get_float(second, second_fallback));
  return emit(context, context.node().op_type, {context.input(0)}, std::move(attrs));
}

Status translate_leaky_relu(TranslateContext& context) {
  return with_floats(context, "alpha", "negative_slope", 0.01f);
}

Status translate_elu(TranslateContext& context) {
  return with_floats(context, "alpha", "alpha", 1.0f);
}

Status translate_selu(TranslateContext& context) {
  if (context.node().opset < 6) {
    return with_floats(context, "alpha", "alpha", 1.6732f, "gamma", 1.0507f);
  }
  return with_floats(context, "alpha", "alpha", 1.67326319f, "gamma", 1.05070102f);
}

Status translate_hard_sigmoid(TranslateContext& context) {
  return with_floats(context, "alpha", "alpha", 0.2f, "beta", 0.5f);
}

Status translate_gelu(TranslateContext& context) {
  const std::string form = context.node().attrs.get_string("approximate", "none");
  if (form == "none") return emit(context, "Gelu", {context.input(0)});
  AttrMap attrs;
  attrs.set("approximate", form);
  return emit(context, "GeluV2", {context.input(0)}, std::move(attrs));
}

Status translate_bitwise_not(TranslateContext& context) {
  return emit(context, "Invert", {context.input(0)});
}

Status translate_celu(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("alpha", context.node().attrs.get_float("alpha", 1.0f));
  return emit(context, "CeluV2", {context.input(0)}, std::move(attrs));
}

Status translate_thresholded_relu(TranslateContext& context) {
  return with_floats(context, "alpha", "alpha", 1.0f);
}

Status translate_shrink(TranslateContext& context) {
  return with_floats(context, "lambd", "lambd", 0.5f, "bias", 0.0f);
}

Status translate_swish(TranslateContext& context) {
  return with_floats(context, "alpha", "scale", 1.0f);
}

Status translate_is_nan(TranslateContext& context) {
  return emit(context, "IsNan", {context.input(0)});
}

Status translate_is_inf(TranslateContext& context) {
  AttrMap attrs;
  for (const char* name : {"detect_negative", "detect_positive"}) {
    attrs.set(name, context.node().attrs.get_int(name, 1) != 0);
  }
  return emit(context, "IsInf", {context.input(0)}, std::move(attrs));
}

Status translate_clip(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  ValueId low = context.input(1);
  ValueId high = context.input(2);
  if (context.node().opset < 11) {
    const AttrMap& given = context.node().attrs;
    const DataType dtype = context.input_value(0).dtype;
    low = high = kNoValue;
    if (given.has("min")) low = add_scalar(context, "min", dtype, given.get_float("min"));
    if (given.has("max")) high = add_scalar(context, "max", dtype, given.get_float("max"));
  }
  if (low == kNoValue && high == kNoValue) return emit(context, "Identity", {context.input(0)});
  return emit(context, "ClipByValue", {context.input(0), low, high});
}

Status translate_prelu(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  ValueId slope = context.input(1);
  const Value& weight = context.input_value(1);
  // Up to opset 6 the slopes are the channels'.
  if (context.node().opset < 7 && weight.shape_known && weight.dims.size() == 1) {
    POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
    POACL_ASSIGN_OR_RETURN(slope, stretched(context, slope, rank - 2));
  }
  return emit(context, "PRelu", {context.input(0), slope});
}

}  // namespace

std::span<const TranslatorEntry> unary_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Relu", translate_same},
      {"Sigmoid", translate_same},
      {"Tanh", translate_same},
      {"HardSwish", translate_same, 14},
      {"Softplus", translate_same},
      {"Softsign", translate_same},
      {"Erf", translate_same, 9},
      {"Exp", translate_same},
      {"Log", translate_same},
      {"Sqrt", translate_same},
      {"Reciprocal", translate_same},
      {"Abs", translate_same},
      {"Neg", translate_same},
      {"Floor", translate_same},
      {"Ceil", translate_same},
      {"Round", translate_same, 11},
      {"Sign", translate_same, 9},
      {"Sin", translate_same},
      {"Cos", translate_same},
      {"Tan", translate_same},
      {"Sinh", translate_same},
      {"Cosh", translate_same},
      {"Asin", translate_same},
      {"Acos", translate_same},
      {"Atan", translate_same},
      {"Asinh", translate_same},
      {"Acosh", translate_same},
      {"Atanh", translate_same},
      {"Mish", translate_same, 18},
      {"Celu", translate_celu, 12},
      {"Shrink", translate_shrink, 9},
      {"ThresholdedRelu", translate_thresholded_relu},
      {"Swish", translate_swish, 24},
      {"IsNaN", translate_is_nan, 9},
      {"IsInf", translate_is_inf, 10},
      {"BitwiseNot", translate_bitwise_not, 18},
      {"Not", translate_not},
      {"LeakyRelu", translate_leaky_relu},
      {"Elu", translate_elu},
      {"Selu", translate_selu},
      {"HardSigmoid", translate_hard_sigmoid},
      {"Gelu", translate_gelu, 20},
      {"Clip", translate_clip},
      {"PRelu", translate_prelu},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
