// Cast, CastLike, BitCast.
#include "frontend/onnx/tensor_decode.h"
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status emit_cast(TranslateContext& context, DataType type) {
  AttrMap attrs;
  attrs.set("dst_type", type);
  return emit(context, "Cast", {context.input(0)}, std::move(attrs));
}

Status translate_cast(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  // The first versions spell the type out: "FLOAT".
  if (const auto* name = context.node().attrs.find<std::string>("to")) {
    const auto type = data_type_from_name(*name);
    if (!type) return context.unsupported("the target type " + *name);
    return emit_cast(context, *type);
  }
  POACL_ASSIGN_OR_RETURN(const DataType type, type_attr(context, "to", DataType::kUndefined));
  if (data_type_size(type) == 0) return graph_error("the attribute \"to\" is missing");
  return emit_cast(context, type);
}

Status translate_cast_like(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  return emit_cast(context, context.input_value(1).dtype);
}

Status translate_bit_cast(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  POACL_ASSIGN_OR_RETURN(const DataType type, type_attr(context, "to", DataType::kUndefined));
  if (data_type_size(type) == 0) return graph_error("the attribute \"to\" is missing");
  AttrMap attrs;
  attrs.set("type", type);
  return emit(context, "Bitcast", {context.input(0)}, std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> cast_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Cast", translate_cast},
      {"CastLike", translate_cast_like, 15},
      {"BitCast", translate_bit_cast, 26},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
