// RandomNormal, RandomUniform and their "Like" forms, Bernoulli, Multinomial, Dropout.
#include <bit>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

// ONNX's seed is a float; the IR's an integer of which 0 means that there is none.
void set_seed(const TranslateContext& context, AttrMap* attrs) {
  const float* seed = context.node().attrs.find<float>("seed");
  if (seed == nullptr) return;
  attrs->set("seed", static_cast<int64_t>(std::bit_cast<uint32_t>(*seed)) | int64_t{1} << 32);
}

// factor * numbers + offset
Status emit_scaled(TranslateContext& context, const char* type, ValueId shape, DataType dtype,
                   float factor, float offset) {
  if (!(dtype == DataType::kFloat || dtype == DataType::kFloat16 || dtype == DataType::kBfloat16 ||
        dtype == DataType::kDouble)) {
    return graph_error("the result is to be {}, but must be of a floating-point type",
                       data_type_name(dtype));
  }
  AttrMap attrs;
  attrs.set("dtype", dtype);
  set_seed(context, &attrs);
  POACL_ASSIGN_OR_RETURN(ValueId value, context.add(type, {shape}, std::move(attrs)));
  if (factor != 1.0f) {
    const ValueId scalar = add_scalar(context, "factor", dtype, factor);
    POACL_ASSIGN_OR_RETURN(value, context.add("Mul", {value, scalar}));
  }
  if (offset != 0.0f) {
    const ValueId scalar = add_scalar(context, "offset", dtype, offset);
    POACL_ASSIGN_OR_RETURN(value, context.add("Add", {value, scalar}));
  }
  context.set_output(0, value);
  return {};
}

Status emit_random(TranslateContext& context, ValueId shape, DataType dtype) {
  const AttrMap& given = context.node().attrs;
  if (context.node().op_type.find("Normal") != std::string::npos) {
    return emit_scaled(context, "RandomStandardNormal", shape, dtype,
                       given.get_float("scale", 1.0f), given.get_float("mean", 0.0f));
  }
  const float low = given.get_float("low", 0.0f);
  return emit_scaled(context, "RandomUniform", shape, dtype, given.get_float("high", 1.0f) - low,
                     low);
}

Status translate_random(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const DataType dtype, type_attr(context, "dtype", DataType::kFloat));
  const auto shape = context.node().attrs.get_ints("shape");
  const Dims length = {static_cast<int64_t>(shape.size())};
  return emit_random(context, add_ints(context, "shape", length, shape), dtype);
}

Status translate_random_like(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  POACL_ASSIGN_OR_RETURN(const DataType dtype,
                         type_attr(context, "dtype", context.input_value(0).dtype));
  POACL_ASSIGN_OR_RETURN(const ValueId shape, context.add("Shape", {context.input(0)}));
  return emit_random(context, shape, dtype);
}

Status translate_bernoulli(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  POACL_ASSIGN_OR_RETURN(const DataType dtype,
                         type_attr(context, "dtype", context.input_value(0).dtype));
  AttrMap attrs;
  attrs.set("dtype", dtype);
  set_seed(context, &attrs);
  return emit(context, "Bernoulli", {context.input(0)}, std::move(attrs));
}

Status translate_multinomial(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  POACL_ASSIGN_OR_RETURN(const DataType dtype, type_attr(context, "dtype", DataType::kInt32));
  AttrMap attrs;
  attrs.set("dtype", dtype);
  set_seed(context, &attrs);
  const ValueId samples =
      add_ints(context, "num_samples", {}, {context.node().attrs.get_int("sample_size", 1)});
  return emit(context, "Multinomial", {context.input(0), samples}, std::move(attrs));
}

// Everything passes; the mask, which has the data's type in the first versions, is all ones.
Status pass_through(TranslateContext& context) {
  if (context.node().outputs.size() > 1 && !context.node().outputs[1].empty()) {
    const uint8_t yes[] = {1};
    const DataType dtype = context.input_value(0).dtype;
    const ValueId one =
        context.node().opset < 10
            ? add_scalar(context, "one", dtype, 1.0)
            : context.graph().add_constant(context.node().name + "/true",
                                           Tensor::from<uint8_t>(DataType::kBool, {}, yes));
    if (one == kNoValue) return graph_error("the data is {}", data_type_name(dtype));
    POACL_ASSIGN_OR_RETURN(const ValueId shape, context.add("Shape", {context.input(0)}));
    POACL_ASSIGN_OR_RETURN(const ValueId mask, context.add("Fill", {shape, one}));
    context.set_output(1, mask);
  }
  return emit(context, "Identity", {context.input(0)});
}

Status translate_dropout(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  // Up to opset 11 nothing in a file tells training from inference reliably: files are inference.
  if (context.node().opset < 12 || !context.has_input(2)) return pass_through(context);
  if (const Tensor* training = context.constant(2)) {
    if (training->dtype == DataType::kBool && training->count() == 1 &&
        training->as<uint8_t>()[0] == 0) {
      return pass_through(context);
    }
  }
  AttrMap attrs;
  set_seed(context, &attrs);
  const int outputs = context.node().outputs.size() > 1 ? 2 : 1;
  POACL_RETURN_IF_ERROR(context
                            .add("Dropout", {context.input(0), context.input(1), context.input(2)},
                                 std::move(attrs), outputs)
                            .status());
  for (int i = 0; i < outputs; ++i) {
    context.set_output(static_cast<size_t>(i), context.last_output(i));
  }
  return {};
}

}  // namespace

std::span<const TranslatorEntry> random_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"RandomNormal", translate_random},
      {"RandomUniform", translate_random},
      {"RandomNormalLike", translate_random_like},
      {"RandomUniformLike", translate_random_like},
      {"Bernoulli", translate_bernoulli, 15},
      {"Multinomial", translate_multinomial, 7},
      {"Dropout", translate_dropout},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
