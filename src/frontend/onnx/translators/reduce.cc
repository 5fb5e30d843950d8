#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_reduce(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const AttrMap& given = context.node().attrs;
  // ReduceSum got its axes as an input five versions before the others.
  const int64_t last_attr = context.node().op_type == "ReduceSum" ? 12 : 17;
  std::vector<ValueId> inputs = {context.input(0)};
  if (context.node().opset > last_attr) {
    const Tensor* axes = context.constant(1);
    if (context.has_input(1) && !(axes && axes->count() == 0)) inputs.push_back(context.input(1));
  } else if (const auto axes = given.get_ints("axes"); !axes.empty()) {
    inputs.push_back(add_ints(context, "axes", {static_cast<int64_t>(axes.size())}, axes));
  }
  AttrMap attrs;
  attrs.set("keep_dims", given.get_int("keepdims", 1) != 0);
  attrs.set("noop_with_empty_axes", given.get_int("noop_with_empty_axes") != 0);
  return emit(context, context.node().op_type, std::move(inputs), std::move(attrs));
}

Status translate_arg(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const AttrMap& given = context.node().attrs;
  const int64_t axis = given.get_int("axis", 0);
  const std::string type = context.node().op_type == "ArgMax" ? "ArgMaxV2" : "ArgMinV2";
  AttrMap attrs;
  attrs.set("dtype", DataType::kInt64);
  attrs.set("select_last_index", given.get_int("select_last_index") != 0);
  const ValueId dimension = add_ints(context, "axis", {}, {axis});
  if (given.get_int("keepdims", 1) == 0) {
    return emit(context, type, {context.input(0), dimension}, std::move(attrs));
  }
  POACL_ASSIGN_OR_RETURN(const ValueId found,
                         context.add(type, {context.input(0), dimension}, std::move(attrs)));
  AttrMap unsqueeze;
  unsqueeze.set("axes", std::vector<int64_t>{axis});
  return emit(context, "Unsqueeze", {found}, std::move(unsqueeze));
}

}  // namespace

std::span<const TranslatorEntry> reduce_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"ReduceMean", translate_reduce},   {"ReduceSum", translate_reduce},
      {"ReduceMax", translate_reduce},    {"ReduceMin", translate_reduce},
      {"ReduceProd", translate_reduce},   {"ReduceL1", translate_reduce},
      {"ReduceL2", translate_reduce},     {"ReduceSumSquare", translate_reduce},
      {"ReduceLogSum", translate_reduce}, {"ReduceLogSumExp", translate_reduce},
      {"ArgMax", translate_arg},          {"ArgMin", translate_arg},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
