#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status check_kernel_shape(const TranslateContext& context) {
  const auto kernel = context.node().attrs.get_ints("kernel_shape");
  const Value& weight = context.input_value(1);
  if (kernel.empty() || !weight.shape_known || weight.dims.size() < 2) return {};
  const Dims actual(weight.dims.begin() + 2, weight.dims.end());
  if (actual == kernel) return {};
  return graph_error("kernel_shape is {}, but the weights have shape {}", dims_to_string(kernel),
                     dims_to_string(weight.dims));
}

Status translate_conv(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 1));
  if (rank != 3 && rank != 4) {
    return context.unsupported(
        fmt::format("convolution over {} dimensions; 1 and 2 are supported", rank - 2));
  }
  POACL_RETURN_IF_ERROR(check_kernel_shape(context));
  AttrMap attrs;
  POACL_RETURN_IF_ERROR(window_attrs(context, static_cast<size_t>(rank) - 2, &attrs));
  attrs.set("groups", context.node().attrs.get_int("group", 1));
  return with_image(context, rank, [&](ValueId x, bool flat) -> Status {
    ValueId weight = context.input(1);
    if (flat) {
      AttrMap axes;
      axes.set("axes", std::vector<int64_t>{2});
      POACL_ASSIGN_OR_RETURN(weight, context.add("Unsqueeze", {weight}, std::move(axes)));
    }
    std::vector<ValueId> inputs = {x, weight};
    if (context.has_input(2)) inputs.push_back(context.input(2));
    return emit(context, "Conv2D", std::move(inputs), std::move(attrs));
  });
}

}  // namespace

std::span<const TranslatorEntry> conv_translators() {
  static constexpr TranslatorEntry kTable[] = {{"Conv", translate_conv}};
  return kTable;
}

}  // namespace poacl::onnx_frontend
