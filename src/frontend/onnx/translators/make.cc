// Constant, ConstantOfShape, Range, Shape, Size.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_constant(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  Tensor tensor;
  if (const auto* value = given.find<Tensor>("value")) {
    tensor = *value;
  } else if (const auto* number = given.find<float>("value_float")) {
    tensor = Tensor::from<float>(DataType::kFloat, {}, {number, 1});
  } else if (const auto* integer = given.find<int64_t>("value_int")) {
    tensor = Tensor::from<int64_t>(DataType::kInt64, {}, {integer, 1});
  } else if (const auto* floats = given.find<std::vector<float>>("value_floats")) {
    tensor = Tensor::from<float>(DataType::kFloat, {static_cast<int64_t>(floats->size())}, *floats);
  } else if (const auto* ints = given.find<std::vector<int64_t>>("value_ints")) {
    tensor = Tensor::from<int64_t>(DataType::kInt64, {static_cast<int64_t>(ints->size())}, *ints);
  } else {
    return context.unsupported("a constant of strings or a sparse one");
  }
  context.set_output(0, context.graph().add_constant(context.node().name, std::move(tensor)));
  return {};
}

Status translate_constant_of_shape(TranslateContext& context) {
  Tensor value;
  if (const auto* given = context.node().attrs.find<Tensor>("value")) {
    if (given->count() != 1) {
      return graph_error("value must be one number, but has shape {}", dims_to_string(given->dims));
    }
    value = *given;
    value.dims.clear();
  } else {
    const float zero[] = {0.0f};
    value = Tensor::from<float>(DataType::kFloat, {}, zero);
  }
  const ValueId id = context.graph().add_constant(context.node().name + "/value", std::move(value));
  return emit(context, "Fill", {context.input(0), id});
}

Status translate_range(TranslateContext& context) {
  return emit(context, "Range", {context.input(0), context.input(1), context.input(2)});
}

Status translate_shape(TranslateContext& context) {
  AttrMap attrs;
  for (const char* name : {"start", "end"}) {
    if (const auto* value = context.node().attrs.find<int64_t>(name)) attrs.set(name, *value);
  }
  return emit(context, "Shape", {context.input(0)}, std::move(attrs));
}

Status translate_size(TranslateContext& context) {
  return emit(context, "Size", {context.input(0)});
}

}  // namespace

std::span<const TranslatorEntry> make_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Constant", translate_constant}, {"ConstantOfShape", translate_constant_of_shape, 9},
      {"Range", translate_range, 11},   {"Shape", translate_shape},
      {"Size", translate_size},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
