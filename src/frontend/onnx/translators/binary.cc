#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

constexpr struct {
  std::string_view onnx;
  std::string_view ir;
} kNames[] = {
    {"Add", "Add"},         {"Sub", "Sub"},
    {"Mul", "Mul"},         {"Div", "RealDiv"},
    {"Pow", "Pow"},         {"Equal", "Equal"},
    {"Greater", "Greater"}, {"GreaterOrEqual", "GreaterEqual"},
    {"Less", "Less"},       {"LessOrEqual", "LessEqual"},
    {"And", "LogicalAnd"},  {"Or", "LogicalOr"},
    {"Xor", "LogicalXor"},  {"Max", "Maximum"},
    {"Min", "Minimum"},     {"Sum", "Add"},
    {"Mean", "Add"},
};

std::string ir_name(const TranslateContext& context) {
  for (const auto& name : kNames) {
    if (name.onnx == context.node().op_type) return std::string(name.ir);
  }
  return context.node().op_type;
}

// Up to opset 6 the second input may stand for a run of the first one's dimensions that begins at
// `axis`; by default the last ones, which is what broadcasting does anyway.
Result<ValueId> second_input(TranslateContext& context) {
  const int64_t* axis = context.node().attrs.find<int64_t>("axis");
  if (context.node().opset > 6 || axis == nullptr) return context.input(1);
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  POACL_ASSIGN_OR_RETURN(const int64_t second, rank_of(context, 1));
  const int64_t begin = *axis < 0 ? *axis + rank : *axis;
  if (begin < 0 || begin + second > rank) {
    return graph_error("axis is {}, but inputs of rank {} and {} allow up to {}", *axis, rank,
                       second, rank - second);
  }
  return stretched(context, context.input(1), rank - begin - second);
}

Status translate_binary(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  POACL_ASSIGN_OR_RETURN(const ValueId second, second_input(context));
  return emit(context, ir_name(context), {context.input(0), second});
}

Status translate_mod(TranslateContext& context) {
  const bool like_c = context.node().attrs.get_int("fmod") != 0;
  return emit(context, like_c ? "Mod" : "FloorMod", {context.input(0), context.input(1)});
}

Status translate_bit_shift(TranslateContext& context) {
  const std::string direction = context.node().attrs.get_string("direction");
  if (direction != "LEFT" && direction != "RIGHT") {
    return graph_error("direction is '{}', but must be LEFT or RIGHT", direction);
  }
  return emit(context, direction == "LEFT" ? "LeftShift" : "RightShift",
              {context.input(0), context.input(1)});
}

// Max, Min, Sum and Mean take any number of inputs.
Status translate_many(TranslateContext& context) {
  const size_t count = context.input_count();
  POACL_RETURN_IF_ERROR(need_inputs(context, count == 0 ? 1 : count));
  const bool mean = context.node().op_type == "Mean";
  if (count == 1) return emit(context, "Identity", {context.input(0)});
  ValueId result = context.input(0);
  for (size_t i = 1; i < count; ++i) {
    POACL_ASSIGN_OR_RETURN(result, context.add(ir_name(context), {result, context.input(i)}));
  }
  if (mean) {
    const ValueId divisor = add_scalar(context, "count", context.graph().value(result).dtype,
                                       static_cast<double>(count));
    if (divisor == kNoValue) return graph_error("the inputs must be floating-point numbers");
    POACL_ASSIGN_OR_RETURN(result, context.add("RealDiv", {result, divisor}));
  }
  context.set_output(0, result);
  return {};
}

Status translate_where(TranslateContext& context) {
  return emit(context, "SelectV2", {context.input(0), context.input(1), context.input(2)});
}

}  // namespace

std::span<const TranslatorEntry> binary_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Add", translate_binary},
      {"Sub", translate_binary},
      {"Mul", translate_binary},
      {"Div", translate_binary},
      {"Pow", translate_binary},
      {"Equal", translate_binary},
      {"Greater", translate_binary},
      {"GreaterOrEqual", translate_binary, 12},
      {"Less", translate_binary},
      {"LessOrEqual", translate_binary, 12},
      {"And", translate_binary},
      {"Or", translate_binary},
      {"Xor", translate_binary},
      {"Max", translate_many},
      {"Min", translate_many},
      {"Sum", translate_many},
      {"Mean", translate_many},
      {"Where", translate_where, 9},
      {"Mod", translate_mod, 10},
      {"BitShift", translate_bit_shift, 11},
      {"BitwiseAnd", translate_binary, 18},
      {"BitwiseOr", translate_binary, 18},
      {"BitwiseXor", translate_binary, 18},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
