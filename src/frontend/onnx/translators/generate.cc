// CumSum, CumProd, Trilu, EyeLike, OneHot, the windows, Hardmax, Det, TfIdfVectorizer.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_cumulative(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set("exclusive", given.get_int("exclusive") != 0);
  attrs.set("reverse", given.get_int("reverse") != 0);
  return emit(context, context.node().op_type == "CumSum" ? "Cumsum" : "Cumprod",
              {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_trilu(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("upper", context.node().attrs.get_int("upper", 1));
  std::vector<ValueId> inputs = {context.input(0)};
  if (context.has_input(1)) inputs.push_back(context.input(1));
  return emit(context, "Trilu", std::move(inputs), std::move(attrs));
}

Status translate_eye_like(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  POACL_ASSIGN_OR_RETURN(const DataType dtype,
                         type_attr(context, "dtype", context.input_value(0).dtype));
  AttrMap attrs;
  attrs.set("dtype", dtype);
  attrs.set("k", context.node().attrs.get_int("k", 0));
  return emit(context, "EyeLike", {context.input(0)}, std::move(attrs));
}

// ONNX gives both values in one tensor, the one for "off" first.
Status translate_one_hot(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  const ValueId axis = add_ints(context, "values_axis", {}, {0});
  ValueId values[2];
  for (int64_t i = 0; i < 2; ++i) {
    const ValueId index = add_ints(context, i == 0 ? "off" : "on", {}, {i});
    POACL_ASSIGN_OR_RETURN(values[i], context.add("GatherV2", {context.input(2), index, axis}));
  }
  AttrMap attrs;
  attrs.set("axis", context.node().attrs.get_int("axis", -1));
  return emit(context, "OneHot", {context.input(0), context.input(1), values[1], values[0]},
              std::move(attrs));
}

Status translate_window(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const DataType dtype,
                         type_attr(context, "output_datatype", DataType::kFloat));
  AttrMap attrs;
  attrs.set("dtype", dtype);
  attrs.set("periodic", context.node().attrs.get_int("periodic", 1) != 0);
  return emit(context, context.node().op_type, {context.input(0)}, std::move(attrs));
}

Status translate_hardmax(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  AttrMap attrs;
  if (context.node().opset >= 13) {
    attrs.set("axis", context.node().attrs.get_int("axis", -1));
    return emit(context, "HardMax", {context.input(0)}, std::move(attrs));
  }
  // Everything from the axis on counts as one dimension.
  attrs.set("axis", context.node().attrs.get_int("axis", 1));
  POACL_ASSIGN_OR_RETURN(const ValueId flat,
                         context.add("Flatten", {context.input(0)}, std::move(attrs)));
  POACL_ASSIGN_OR_RETURN(const ValueId hard, context.add("HardMax", {flat}));
  POACL_ASSIGN_OR_RETURN(const ValueId shape, context.add("Shape", {context.input(0)}));
  return emit(context, "Reshape", {hard, shape});
}

Status translate_det(TranslateContext& context) {
  return emit(context, "MatrixDeterminant", {context.input(0)});
}

Status translate_tf_idf(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  if (given.find<std::vector<std::string>>("pool_strings") != nullptr) {
    return context.unsupported("a pool of strings");
  }
  std::vector<ValueId> inputs = {context.input(0)};
  for (const char* name : {"pool_int64s", "ngram_counts", "ngram_indexes"}) {
    const auto list = given.get_ints(name);
    inputs.push_back(add_ints(context, name, {static_cast<int64_t>(list.size())}, list));
  }
  if (const auto* weights = given.find<std::vector<float>>("weights")) {
    inputs.push_back(context.graph().add_constant(
        context.node().name + "/weights",
        Tensor::from<float>(DataType::kFloat, {static_cast<int64_t>(weights->size())}, *weights)));
  }
  AttrMap attrs;
  attrs.set("mode", given.get_string("mode"));
  for (const char* name : {"min_gram_length", "max_gram_length", "max_skip_count"}) {
    attrs.set(name, given.get_int(name));
  }
  return emit(context, "TfIdfVectorizer", std::move(inputs), std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> generate_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"CumSum", translate_cumulative, 11},     {"CumProd", translate_cumulative, 26},
      {"Trilu", translate_trilu, 14},           {"EyeLike", translate_eye_like, 9},
      {"OneHot", translate_one_hot, 9},         {"HannWindow", translate_window, 17},
      {"HammingWindow", translate_window, 17},  {"BlackmanWindow", translate_window, 17},
      {"Hardmax", translate_hardmax},           {"Det", translate_det, 11},
      {"TfIdfVectorizer", translate_tf_idf, 9},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
