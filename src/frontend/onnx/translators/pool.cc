#include <algorithm>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_pool(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const AttrMap& given = context.node().attrs;
  const bool average = context.node().op_type == "AveragePool";
  const auto kernel = given.get_ints("kernel_shape");
  if (kernel.empty()) return graph_error("the attribute kernel_shape is missing");
  if (kernel.size() > 2) {
    return context.unsupported(
        fmt::format("pooling over {} dimensions; 1 and 2 are supported", kernel.size()));
  }
  const auto dilations = given.get_ints("dilations");
  if (std::any_of(dilations.begin(), dilations.end(), [](int64_t d) { return d != 1; })) {
    return context.unsupported("dilations " + dims_to_string(dilations));
  }
  AttrMap attrs;
  POACL_RETURN_IF_ERROR(window_attrs(context, kernel.size(), &attrs));
  attrs.set("ksize", std::vector<int64_t>{1, 1, kernel.size() == 2 ? kernel[0] : 1, kernel.back()});
  attrs.set("ceil_mode", given.get_int("ceil_mode") != 0);
  if (average) attrs.set("exclusive", given.get_int("count_include_pad") == 0);
  return with_image(context, static_cast<int64_t>(kernel.size()) + 2, [&](ValueId x, bool) {
    return emit(context, average ? "AvgPoolV2" : "MaxPoolV3", {x}, std::move(attrs));
  });
}

Status translate_global_pool(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const bool average = context.node().op_type == "GlobalAveragePool";
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  if (rank == 4) {
    if (average) return emit(context, "GlobalAveragePool", {context.input(0)});
    const Dims dims = context.input_value(0).dims;
    AttrMap attrs;
    attrs.set("global_pooling", true);
    if (dims[2] > 0 && dims[3] > 0) attrs.set("ksize", Dims{1, 1, dims[2], dims[3]});
    return emit(context, "MaxPoolV3", {context.input(0)}, std::move(attrs));
  }
  std::vector<int64_t> axes;
  for (int64_t d = 2; d < rank; ++d) axes.push_back(d);
  if (axes.empty()) return emit(context, "Identity", {context.input(0)});
  const auto count = static_cast<int64_t>(axes.size());
  const ValueId list = add_ints(context, "axes", {count}, axes);
  AttrMap attrs;
  attrs.set("keep_dims", true);
  return emit(context, average ? "ReduceMean" : "ReduceMax", {context.input(0), list},
              std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> pool_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"MaxPool", translate_pool},
      {"AveragePool", translate_pool},
      {"GlobalAveragePool", translate_global_pool},
      {"GlobalMaxPool", translate_global_pool},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
