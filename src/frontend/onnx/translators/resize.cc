#include <algorithm>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

// An input that is there and not the empty tensor that older exporters put in its place.
ValueId filled_input(const TranslateContext& context, size_t i) {
  if (!context.has_input(i)) return kNoValue;
  const Value& value = context.input_value(i);
  const bool empty = value.shape_known && value.dims.size() == 1 && value.dims[0] == 0;
  return empty ? kNoValue : context.input(i);
}

// Up to opset 10 positions are quotients, and cells are cut off; smaller images take the next one.
void set_old_rules(AttrMap* attrs) {
  attrs->set("coordinate_transformation_mode", std::string("asymmetric"));
  attrs->set("nearest_mode", std::string("ceil_if_smaller"));
}

Status translate_resize(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set("mode", given.get_string("mode", "nearest"));
  if (context.node().opset < 11) {
    POACL_RETURN_IF_ERROR(need_inputs(context, 2));
    set_old_rules(&attrs);
    return emit(context, "Resize", {context.input(0), kNoValue, context.input(1)},
                std::move(attrs));
  }
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  for (const char* name :
       {"coordinate_transformation_mode", "nearest_mode", "keep_aspect_ratio_policy"}) {
    if (const std::string value = given.get_string(name); !value.empty()) attrs.set(name, value);
  }
  for (const char* name : {"cubic_coeff_a", "extrapolation_value"}) {
    if (const auto* value = given.find<float>(name)) attrs.set(name, *value);
  }
  for (const char* name : {"exclude_outside", "antialias"}) {
    attrs.set(name, given.get_int(name));
  }
  if (const auto axes = given.get_ints("axes"); !axes.empty()) attrs.set("axes", axes);
  const bool crop = attrs.get_string("coordinate_transformation_mode") == "tf_crop_and_resize";
  const ValueId roi = filled_input(context, 1);
  if (crop && roi == kNoValue) return graph_error("tf_crop_and_resize needs the input roi");
  std::vector<ValueId> inputs = {context.input(0), crop ? roi : kNoValue, filled_input(context, 2)};
  if (const ValueId sizes = filled_input(context, 3); sizes != kNoValue) inputs.push_back(sizes);
  return emit(context, "Resize", std::move(inputs), std::move(attrs));
}

// Scales are an attribute up to opset 8; the first version had those of height and width.
Result<ValueId> upsample_scales(TranslateContext& context) {
  if (context.node().opset >= 9) {
    POACL_RETURN_IF_ERROR(need_inputs(context, 2));
    return context.input(1);
  }
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const AttrMap& given = context.node().attrs;
  std::vector<float> scales = given.get_floats("scales");
  if (scales.empty() && given.has("height_scale")) {
    scales = {1, 1, given.get_float("height_scale", 1), given.get_float("width_scale", 1)};
  }
  if (scales.empty()) return graph_error("the attribute scales is missing");
  return context.graph().add_constant(
      context.node().name + "/scales",
      Tensor::from<float>(DataType::kFloat, {static_cast<int64_t>(scales.size())}, scales));
}

Status translate_upsample(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const ValueId scales, upsample_scales(context));
  const std::string mode = context.node().attrs.get_string("mode", "nearest");
  AttrMap attrs;
  attrs.set("mode", mode == "bilinear" ? std::string("linear") : mode);
  set_old_rules(&attrs);
  return emit(context, "Resize", {context.input(0), kNoValue, scales}, std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> resize_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Resize", translate_resize, 10},
      {"Upsample", translate_upsample, 1, 10},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
