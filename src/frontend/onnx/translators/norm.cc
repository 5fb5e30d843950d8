#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_batch_norm(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 5));
  const AttrMap& given = context.node().attrs;
  if (given.get_int("training_mode") != 0) {
    return context.unsupported("training_mode 1; export the model for inference");
  }
  if (context.node().opset < 9 && given.get_int("spatial", 1) == 0) {
    return context.unsupported("spatial 0 (statistics per element)");
  }
  AttrMap attrs;
  attrs.set("epsilon", given.get_float("epsilon", 1e-5f));
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < 5; ++i) inputs.push_back(context.input(i));
  return emit(context, "BatchNorm", std::move(inputs), std::move(attrs));
}

Status translate_lrn(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  const int64_t size = given.get_int("size");
  if (size < 1) return graph_error("size is {}, but must be at least 1", size);
  if (size % 2 == 0) {
    return context.unsupported(fmt::format("size {}; only odd sizes are supported", size));
  }
  AttrMap attrs;
  attrs.set("depth_radius", (size - 1) / 2);
  attrs.set("bias", given.get_float("bias", 1.0f));
  attrs.set("alpha", given.get_float("alpha", 1e-4f) / static_cast<float>(size));
  attrs.set("beta", given.get_float("beta", 0.75f));
  return emit(context, "LRN", {context.input(0)}, std::move(attrs));
}

Status translate_softmax(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const bool flattens = context.node().opset < 13;
  const int64_t given = context.node().attrs.get_int("axis", flattens ? 1 : -1);
  std::vector<int64_t> axes = {given};
  if (flattens) {
    // Everything from the axis on counts as one dimension.
    POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
    if (given < -rank || given > rank) {
      return graph_error("axis is {}, but an input of rank {} allows {} to {}", given, rank, -rank,
                         rank);
    }
    axes.clear();
    for (int64_t d = given < 0 ? given + rank : given; d < rank; ++d) axes.push_back(d);
  }
  AttrMap attrs;
  attrs.set("axes", std::move(axes));
  return emit(context, context.node().op_type == "Softmax" ? "SoftmaxV2" : "LogSoftmaxV2",
              {context.input(0)}, std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> norm_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"BatchNormalization", translate_batch_norm},
      {"LRN", translate_lrn},
      {"Softmax", translate_softmax},
      {"LogSoftmax", translate_softmax},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
