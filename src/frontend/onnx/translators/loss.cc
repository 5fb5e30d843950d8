// NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"

namespace poacl::onnx_frontend {
namespace {

Status emit_loss(TranslateContext& context, ValueId scores) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set("reduction", given.get_string("reduction", "mean"));
  if (given.has("ignore_index")) attrs.set("ignore_index", given.get_int("ignore_index"));
  return emit(context, "NLLLoss", {scores, context.input(1), context.input(2)}, std::move(attrs));
}

Status translate_nll_loss(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  return emit_loss(context, context.input(0));
}

Status translate_cross_entropy(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  AttrMap attrs;
  attrs.set("axes", std::vector<int64_t>{1});
  POACL_ASSIGN_OR_RETURN(const ValueId scores,
                         context.add("LogSoftmaxV2", {context.input(0)}, std::move(attrs)));
  context.set_output(1, scores);
  return emit_loss(context, scores);
}

}  // namespace

std::span<const TranslatorEntry> loss_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"NegativeLogLikelihoodLoss", translate_nll_loss},
      {"SoftmaxCrossEntropyLoss", translate_cross_entropy},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
