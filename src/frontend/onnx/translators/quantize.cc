// QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

AttrMap axis_and_block(const TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set("axis", given.get_int("axis", 1));
  attrs.set("block_size", given.get_int("block_size", 0));
  return attrs;
}

std::vector<ValueId> operands(const TranslateContext& context) {
  std::vector<ValueId> inputs = {context.input(0), context.input(1)};
  if (context.has_input(2)) inputs.push_back(context.input(2));
  return inputs;
}

Status translate_quantize(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  POACL_ASSIGN_OR_RETURN(DataType type, type_attr(context, "output_dtype", DataType::kUint8));
  if (context.has_input(2)) type = context.input_value(2).dtype;
  // The quotient is rounded in the scale's type unless the node says otherwise.
  POACL_ASSIGN_OR_RETURN(const DataType precision,
                         type_attr(context, "precision", context.input_value(1).dtype));
  AttrMap attrs = axis_and_block(context);
  attrs.set("dtype", type);
  attrs.set("precision", precision);
  return emit(context, "Quantize", operands(context), std::move(attrs));
}

Status translate_dequantize(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  POACL_ASSIGN_OR_RETURN(const DataType type,
                         type_attr(context, "output_dtype", context.input_value(1).dtype));
  AttrMap attrs = axis_and_block(context);
  attrs.set("dtype", type);
  return emit(context, "DequantizeLinear", operands(context), std::move(attrs));
}

Status translate_dynamic_quantize(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  POACL_RETURN_IF_ERROR(context.add("DynamicQuantizeLinear", {context.input(0)}, {}, 3).status());
  for (int i = 0; i < 3; ++i) context.set_output(static_cast<size_t>(i), context.last_output(i));
  return {};
}

}  // namespace

std::span<const TranslatorEntry> quantize_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"QuantizeLinear", translate_quantize, 10},
      {"DequantizeLinear", translate_dequantize, 10},
      {"DynamicQuantizeLinear", translate_dynamic_quantize, 11},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
