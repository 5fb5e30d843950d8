// NonZero, Compress, Unique, NonMaxSuppression.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_non_zero(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  return emit(context, "NonZero", {context.input(0)});
}

// Where the condition holds, gathered: Ascend has no operator of its own for it either.
Status translate_compress(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  if (context.input_value(1).dtype != DataType::kBool) {
    return graph_error("its condition is {} instead of bool",
                       data_type_name(context.input_value(1).dtype));
  }
  const bool flat = !context.node().attrs.has("axis");
  const ValueId axis =
      add_ints(context, "axis", {}, {flat ? 0 : context.node().attrs.get_int("axis")});
  ValueId x = context.input(0);
  if (flat) {
    const ValueId shape = add_ints(context, "shape", {1}, {-1});
    POACL_ASSIGN_OR_RETURN(x, context.add("Reshape", {x, shape}));
  }
  POACL_ASSIGN_OR_RETURN(const ValueId found, context.add("NonZero", {context.input(1)}));
  AttrMap attrs;
  attrs.set("axis", std::vector<int64_t>{0});
  POACL_ASSIGN_OR_RETURN(const ValueId indices, context.add("Squeeze", {found}, std::move(attrs)));
  return emit(context, "GatherV2", {x, indices, axis});
}

Status translate_unique(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  AttrMap attrs;
  attrs.set("sorted", context.node().attrs.get_int("sorted", 1) != 0);
  if (context.node().attrs.has("axis")) attrs.set("axis", context.node().attrs.get_int("axis"));
  constexpr int kOutputs = 4;
  POACL_ASSIGN_OR_RETURN(
      const ValueId values,
      context.add("UniqueWithCountsAndSorting", {context.input(0)}, std::move(attrs), kOutputs));
  // ONNX: values, where each stands first, which one each element is, how many there are.
  context.set_output(0, values);
  context.set_output(1, context.last_output(3));
  context.set_output(2, context.last_output(1));
  context.set_output(3, context.last_output(2));
  return {};
}

Status translate_non_max_suppression(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < 5; ++i) inputs.push_back(context.input(i));
  AttrMap attrs;
  attrs.set("center_point_box", context.node().attrs.get_int("center_point_box"));
  POACL_ASSIGN_OR_RETURN(const ValueId selected,
                         context.add("NonMaxSuppressionV7", std::move(inputs), std::move(attrs)));
  AttrMap cast;
  cast.set("dst_type", DataType::kInt64);
  return emit(context, "Cast", {selected}, std::move(cast));
}

}  // namespace

std::span<const TranslatorEntry> select_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"NonZero", translate_non_zero, 9},
      {"Compress", translate_compress, 9},
      {"Unique", translate_unique, 11},
      {"NonMaxSuppression", translate_non_max_suppression, 10},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
