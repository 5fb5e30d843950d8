// Reshape and its relatives, Transpose, Identity, Dropout, Cast.
#include "frontend/onnx/tensor_decode.h"
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_reshape(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("allowzero", context.node().attrs.get_int("allowzero") != 0);
  return emit(context, "Reshape", {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_flatten(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("axis", context.node().attrs.get_int("axis", 1));
  return emit(context, "Flatten", {context.input(0)}, std::move(attrs));
}

Status translate_squeeze(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const auto axes, attr_or_input(context, "axes", 1, 12));
  AttrMap attrs;
  if (axes) attrs.set("axis", *axes);
  return emit(context, "Squeeze", {context.input(0)}, std::move(attrs));
}

Status translate_unsqueeze(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const auto axes, attr_or_input(context, "axes", 1, 12));
  if (!axes) return graph_error("axes is missing");
  AttrMap attrs;
  attrs.set("axes", *axes);
  return emit(context, "Unsqueeze", {context.input(0)}, std::move(attrs));
}

Status translate_transpose(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  auto perm = context.node().attrs.get_ints("perm");
  if (perm.empty()) {
    POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
    for (int64_t d = rank - 1; d >= 0; --d) perm.push_back(d);
  }
  AttrMap attrs;
  attrs.set("perm", std::move(perm));
  return emit(context, "TransposeD", {context.input(0)}, std::move(attrs));
}

Status translate_identity(TranslateContext& context) {
  return emit(context, "Identity", {context.input(0)});
}

Status translate_dropout(TranslateContext& context) {
  if (const Tensor* training = context.constant(2)) {
    if (training->dtype == DataType::kBool && training->count() == 1 &&
        training->as<uint8_t>()[0] != 0) {
      return context.unsupported("training_mode true; export the model for inference");
    }
  } else if (context.has_input(2)) {
    return context.unsupported("a training_mode that is not known before run time");
  }
  return emit(context, "Identity", {context.input(0)});
}

Status translate_cast(TranslateContext& context) {
  const int64_t to = context.node().attrs.get_int("to");
  const int32_t number = to >= 0 && to <= INT32_MAX ? static_cast<int32_t>(to) : -1;
  const DataType type = data_type_from_onnx(number);
  if (data_type_size(type) == 0) {
    return context.unsupported("the target type " + onnx_type_name(number));
  }
  AttrMap attrs;
  attrs.set("dst_type", type);
  return emit(context, "Cast", {context.input(0)}, std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> view_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Reshape", translate_reshape},     {"Flatten", translate_flatten},
      {"Squeeze", translate_squeeze},     {"Unsqueeze", translate_unsqueeze},
      {"Transpose", translate_transpose}, {"Identity", translate_identity},
      {"Dropout", translate_dropout},     {"Cast", translate_cast},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
