// DFT, STFT, MelWeightMatrix.
#include "frontend/onnx/tensor_decode.h"
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_dft(TranslateContext& context) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set("inverse", given.get_int("inverse", 0) != 0);
  attrs.set("onesided", given.get_int("onesided", 0) != 0);
  // From opset 20 on the axis is an input, and counts from the end unless it is given.
  const ValueId axis = context.node().opset >= 20
                           ? context.input(2)
                           : add_ints(context, "axis", {}, {given.get_int("axis", 1)});
  return emit(context, "DFT", {context.input(0), context.input(1), axis}, std::move(attrs));
}

Status translate_stft(TranslateContext& context) {
  AttrMap attrs;
  attrs.set("onesided", context.node().attrs.get_int("onesided", 1) != 0);
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < 4; ++i) inputs.push_back(context.input(i));
  return emit(context, "STFT", std::move(inputs), std::move(attrs));
}

Status translate_mel_weight_matrix(TranslateContext& context) {
  const int64_t to = context.node().attrs.get_int("output_datatype", 1);
  const int32_t number = to >= 0 && to <= INT32_MAX ? static_cast<int32_t>(to) : -1;
  const DataType type = data_type_from_onnx(number);
  if (data_type_size(type) == 0) {
    return context.unsupported("the type " + onnx_type_name(number));
  }
  AttrMap attrs;
  attrs.set("dst_type", type);
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < 5; ++i) inputs.push_back(context.input(i));
  return emit(context, "MelWeightMatrix", std::move(inputs), std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> signal_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"DFT", translate_dft, 17},
      {"STFT", translate_stft, 17},
      {"MelWeightMatrix", translate_mel_weight_matrix, 17},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
