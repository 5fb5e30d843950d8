// GatherElements, GatherND, Scatter, ScatterElements, ScatterND, ReverseSequence, TopK.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_gather_elements(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("dim", context.node().attrs.get_int("axis", 0));
  return emit(context, "GatherElements", {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_gather_nd(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("batch_dims", context.node().attrs.get_int("batch_dims", 0));
  return emit(context, "GatherNd", {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_scatter_elements(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set("axis", given.get_int("axis", 0));
  attrs.set("reduction", given.get_string("reduction", "none"));
  return emit(context, "ScatterElements", {context.input(0), context.input(1), context.input(2)},
              std::move(attrs));
}

Status translate_scatter_nd(TranslateContext& context) {
  constexpr std::pair<std::string_view, std::string_view> kOperators[] = {
      {"none", "TensorScatterUpdate"},
      {"add", "TensorScatterAdd"},
      {"mul", "TensorScatterMul"},
      {"max", "TensorScatterMax"},
      {"min", "TensorScatterMin"}};
  const std::string reduction = context.node().attrs.get_string("reduction", "none");
  for (const auto& [name, type] : kOperators) {
    if (name != reduction) continue;
    return emit(context, std::string(type), {context.input(0), context.input(1), context.input(2)});
  }
  return graph_error("reduction is '{}', but must be none, add, mul, max or min", reduction);
}

Status translate_reverse_sequence(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("batch_dim", context.node().attrs.get_int("batch_axis", 1));
  attrs.set("seq_dim", context.node().attrs.get_int("time_axis", 0));
  return emit(context, "ReverseSequence", {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_top_k(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  const int64_t opset = context.node().opset;
  AttrMap attrs;
  attrs.set("dim", given.get_int("axis", -1));
  attrs.set("largest", given.get_int("largest", 1) != 0);
  attrs.set("sorted", given.get_int("sorted", 1) != 0);
  attrs.set("indices_dtype", DataType::kInt64);
  ValueId k = context.input(1);
  if (opset < 10) {
    const int64_t* number = given.find<int64_t>("k");
    if (number == nullptr) return graph_error("the attribute k is missing");
    k = add_ints(context, "k", {1}, {*number});
  }
  POACL_RETURN_IF_ERROR(context.add("TopKV2", {context.input(0), k}, std::move(attrs), 2).status());
  context.set_output(0, context.last_output(0));
  context.set_output(1, context.last_output(1));
  return {};
}

}  // namespace

std::span<const TranslatorEntry> scatter_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"GatherElements", translate_gather_elements, 11},
      {"GatherND", translate_gather_nd, 11},
      {"Scatter", translate_scatter_elements, 9, 10},
      {"ScatterElements", translate_scatter_elements, 11},
      {"ScatterND", translate_scatter_nd, 11},
      {"ReverseSequence", translate_reverse_sequence, 10},
      {"TopK", translate_top_k},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
