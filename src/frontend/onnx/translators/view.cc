// Reshape and its relatives, Transpose, Identity.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_reshape(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("allowzero", context.node().attrs.get_int("allowzero") != 0);
  if (context.node().opset < 5) {
    const auto shape = context.node().attrs.get_ints("shape");
    const ValueId constant =
        add_ints(context, "shape", {static_cast<int64_t>(shape.size())}, shape);
    return emit(context, "Reshape", {context.input(0), constant}, std::move(attrs));
  }
  return emit(context, "Reshape", {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_flatten(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("axis", context.node().attrs.get_int("axis", 1));
  return emit(context, "Flatten", {context.input(0)}, std::move(attrs));
}

// The axes come at run time.
bool has_open_axes(const TranslateContext& context) {
  return context.node().opset >= 13 && context.has_input(1) && context.constant(1) == nullptr;
}

Status translate_squeeze(TranslateContext& context) {
  if (has_open_axes(context)) {
    return emit(context, "SqueezeV3", {context.input(0), context.input(1)});
  }
  POACL_ASSIGN_OR_RETURN(const auto axes, attr_or_input(context, "axes", 1, 12));
  AttrMap attrs;
  if (axes) attrs.set("axis", *axes);
  return emit(context, "Squeeze", {context.input(0)}, std::move(attrs));
}

Status translate_unsqueeze(TranslateContext& context) {
  if (has_open_axes(context)) {
    return emit(context, "UnsqueezeV3", {context.input(0), context.input(1)});
  }
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

}  // namespace

std::span<const TranslatorEntry> view_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Reshape", translate_reshape},     {"Flatten", translate_flatten},
      {"Squeeze", translate_squeeze},     {"Unsqueeze", translate_unsqueeze},
      {"Transpose", translate_transpose}, {"Identity", translate_identity},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
