#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Result<ValueId> blend(TranslateContext& context, ValueId old, ValueId fresh, float momentum) {
  const DataType type = context.graph().value(old).dtype;
  const ValueId keep = add_scalar(context, "momentum", type, static_cast<double>(momentum));
  const ValueId take = add_scalar(context, "rest", type, 1.0 - static_cast<double>(momentum));
  POACL_ASSIGN_OR_RETURN(const ValueId kept, context.add("Mul", {old, keep}));
  POACL_ASSIGN_OR_RETURN(const ValueId taken, context.add("Mul", {fresh, take}));
  return context.add("Add", {kept, taken});
}

// Statistics of the batch itself, and the running ones blended with them.
Status translate_training(TranslateContext& context, AttrMap attrs) {
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  const DataType type = context.input_value(0).dtype;
  for (size_t i = 1; i < 5; ++i) {
    if (context.input_value(i).dtype != type) {
      return context.unsupported("training_mode 1 with parameters of another type than X");
    }
  }
  std::vector<int64_t> others = {0};
  for (int64_t d = 2; d < rank; ++d) others.push_back(d);
  const ValueId axes = add_ints(context, "axes", {static_cast<int64_t>(others.size())}, others);
  const auto mean_of = [&](ValueId x, bool keep) {
    AttrMap reduce;
    reduce.set("keep_dims", keep);
    return context.add("ReduceMean", {x, axes}, std::move(reduce));
  };
  const ValueId x = context.input(0);
  POACL_ASSIGN_OR_RETURN(const ValueId centre, mean_of(x, true));
  POACL_ASSIGN_OR_RETURN(const ValueId distance, context.add("Sub", {x, centre}));
  POACL_ASSIGN_OR_RETURN(const ValueId squares, context.add("Mul", {distance, distance}));
  POACL_ASSIGN_OR_RETURN(const ValueId variance, mean_of(squares, false));
  POACL_ASSIGN_OR_RETURN(const ValueId mean, mean_of(x, false));
  const float momentum = context.node().attrs.get_float("momentum", 0.9f);
  POACL_ASSIGN_OR_RETURN(const ValueId running_mean,
                         blend(context, context.input(3), mean, momentum));
  POACL_ASSIGN_OR_RETURN(const ValueId running_variance,
                         blend(context, context.input(4), variance, momentum));
  context.set_output(1, running_mean);
  context.set_output(2, running_variance);
  if (context.node().opset < 14) {
    context.set_output(3, mean);
    context.set_output(4, variance);
  }
  return emit(context, "BatchNorm", {x, context.input(1), context.input(2), mean, variance},
              std::move(attrs));
}

Status translate_batch_norm(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 5));
  const AttrMap& given = context.node().attrs;
  const int64_t opset = context.node().opset;
  if (opset < 9 && given.get_int("spatial", 1) == 0) {
    return context.unsupported("spatial 0 (statistics per element)");
  }
  AttrMap attrs;
  attrs.set("epsilon", given.get_float("epsilon", 1e-5f));
  // Before opset 7 an attribute told the mode. Up to 13 the outputs listed told it, but exporters
  // list them for inference too: there an extra output that is read is refused by the importer.
  const bool training = opset >= 14  ? given.get_int("training_mode") != 0
                        : opset >= 7 ? false
                                     : given.get_int("is_test") == 0;
  if (training) return translate_training(context, std::move(attrs));
  const DataType type = context.input_value(0).dtype;
  std::vector<ValueId> inputs = {context.input(0)};
  for (size_t i = 1; i < 5; ++i) {
    ValueId parameter = context.input(i);
    if (context.input_value(i).dtype != type) {
      AttrMap cast;
      cast.set("dst_type", type);
      POACL_ASSIGN_OR_RETURN(parameter, context.add("Cast", {parameter}, std::move(cast)));
    }
    inputs.push_back(parameter);
  }
  return emit(context, "BatchNorm", std::move(inputs), std::move(attrs));
}

Status translate_lrn(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  const int64_t size = given.get_int("size");
  if (size < 1) return graph_error("size is {}, but must be at least 1", size);
  AttrMap attrs;
  attrs.set("even_size", size % 2 == 0);
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
