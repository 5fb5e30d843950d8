// RNN, GRU, LSTM. The operator's own order is ONNX's layout 0; layout 1 is transposed around it.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Result<ValueId> transposed(TranslateContext& context, ValueId value, std::vector<int64_t> perm) {
  if (value == kNoValue) return value;
  AttrMap attrs;
  attrs.set("perm", std::move(perm));
  return context.add("TransposeD", {value}, std::move(attrs));
}

// hidden_size, which old files leave to the shape of the weights.
Result<int64_t> hidden_size(const TranslateContext& context) {
  const int64_t given = context.node().attrs.get_int("hidden_size", 0);
  if (given > 0) return given;
  const Value& r = context.input_value(2);
  if (r.shape_known && r.dims.size() == 3 && r.dims[2] > 0) return r.dims[2];
  return graph_error("the attribute hidden_size is missing and the shape of R is not known");
}

Status translate_recurrent(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  const std::string& op = context.node().op_type;
  const AttrMap& given = context.node().attrs;
  const bool batch_first = given.get_int("layout", 0) != 0;
  AttrMap attrs;
  for (const char* name : {"activation_alpha", "activation_beta"}) {
    const auto list = given.get_floats(name);
    if (!list.empty()) attrs.set(name, list);
  }
  if (const auto* names = given.find<std::vector<std::string>>("activations")) {
    if (!names->empty()) attrs.set("activations", *names);
  }
  attrs.set("clip", given.get_float("clip", 0.0f));
  attrs.set("direction", given.get_string("direction", "forward"));
  POACL_ASSIGN_OR_RETURN(const int64_t hidden, hidden_size(context));
  attrs.set("hidden_size", hidden);
  if (op == "GRU") attrs.set("linear_before_reset", given.get_int("linear_before_reset", 0));
  if (op == "LSTM") attrs.set("input_forget", given.get_int("input_forget", 0));
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < (op == "LSTM" ? 8u : 6u); ++i) {
    ValueId value = context.input(i);
    if (batch_first && (i == 0 || i == 5 || i == 6)) {
      POACL_ASSIGN_OR_RETURN(value, transposed(context, value, {1, 0, 2}));
    }
    inputs.push_back(value);
  }
  while (inputs.back() == kNoValue) inputs.pop_back();
  const int outputs = op == "LSTM" ? 3 : 2;
  POACL_RETURN_IF_ERROR(
      context.add("Common" + op, std::move(inputs), std::move(attrs), outputs).status());
  std::vector<ValueId> results;
  for (int i = 0; i < outputs; ++i) results.push_back(context.last_output(i));
  for (size_t i = 0; i < results.size(); ++i) {
    const auto& names = context.node().outputs;
    if (i >= names.size() || names[i].empty()) continue;
    if (batch_first) {
      POACL_ASSIGN_OR_RETURN(results[i], transposed(context, results[i],
                                                    i == 0 ? std::vector<int64_t>{2, 0, 1, 3}
                                                           : std::vector<int64_t>{1, 0, 2}));
    }
    context.set_output(i, results[i]);
  }
  return {};
}

}  // namespace

std::span<const TranslatorEntry> recurrent_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"RNN", translate_recurrent},
      {"GRU", translate_recurrent},
      {"LSTM", translate_recurrent},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
