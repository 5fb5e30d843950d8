#include <algorithm>

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
  const auto fits = [](int64_t a, int64_t b) { return a == b || a < 0; };
  if (std::equal(actual.begin(), actual.end(), kernel.begin(), kernel.end(), fits)) return {};
  return graph_error("kernel_shape is {}, but the weights have shape {}", dims_to_string(kernel),
                     dims_to_string(weight.dims));
}

// Spatial dimensions, from the rank of the weights, or of x where that is not known.
Result<size_t> spatial_dims(const TranslateContext& context, size_t most) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  POACL_ASSIGN_OR_RETURN(const int64_t rank,
                         rank_of(context, context.input_value(1).shape_known ? 1 : 0));
  if (rank < 3 || rank > static_cast<int64_t>(most) + 2) {
    return context.unsupported(
        fmt::format("convolution over {} dimensions; 1 to {} are supported", rank - 2, most));
  }
  POACL_RETURN_IF_ERROR(check_kernel_shape(context));
  return static_cast<size_t>(rank) - 2;
}

// The weights, with a height of 1 where x got one.
Result<ValueId> weights(TranslateContext& context, bool flat) {
  if (!flat) return context.input(1);
  AttrMap axes;
  axes.set("axes", std::vector<int64_t>{2});
  return context.add("Unsqueeze", {context.input(1)}, std::move(axes));
}

Status translate_conv(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const size_t spatial, spatial_dims(context, 3));
  AttrMap attrs;
  POACL_RETURN_IF_ERROR(window_attrs(context, spatial, &attrs));
  attrs.set("groups", context.node().attrs.get_int("group", 1));
  return with_image(context, static_cast<int64_t>(spatial) + 2,
                    [&](ValueId x, bool flat) -> Status {
                      POACL_ASSIGN_OR_RETURN(const ValueId filter, weights(context, flat));
                      std::vector<ValueId> inputs = {x, filter};
                      if (context.has_input(2)) inputs.push_back(context.input(2));
                      return emit(context, spatial == 3 ? "Conv3D" : "Conv2D", std::move(inputs),
                                  std::move(attrs));
                    });
}

Status translate_conv_transpose(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const size_t spatial, spatial_dims(context, 3));
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  POACL_RETURN_IF_ERROR(window_attrs(context, spatial, &attrs));
  attrs.set("groups", given.get_int("group", 1));
  if (const auto padding = given.get_ints("output_padding"); !padding.empty()) {
    if (padding.size() != spatial) {
      return graph_error("output_padding {} must have {} numbers", dims_to_string(padding),
                         spatial);
    }
    std::vector<int64_t> all(spatial == 1 ? 3 : 2, 0);
    all.insert(all.end(), padding.begin(), padding.end());
    attrs.set("output_padding", std::move(all));
  }
  if (auto shape = given.get_ints("output_shape"); !shape.empty()) {
    // Some exporters name the batch and the channels too.
    if (shape.size() == spatial + 2) shape.erase(shape.begin(), shape.begin() + 2);
    if (spatial == 1) shape.insert(shape.begin(), 1);
    attrs.set("output_shape", std::move(shape));
  }
  return with_image(context, static_cast<int64_t>(spatial) + 2,
                    [&](ValueId x, bool flat) -> Status {
                      POACL_ASSIGN_OR_RETURN(const ValueId filter, weights(context, flat));
                      std::vector<ValueId> inputs = {x, filter};
                      if (context.has_input(2)) inputs.push_back(context.input(2));
                      return emit(context, spatial == 3 ? "Conv3DTransposeD" : "Conv2DTransposeD",
                                  std::move(inputs), std::move(attrs));
                    });
}

Status translate_deform_conv(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  POACL_ASSIGN_OR_RETURN(const size_t spatial, spatial_dims(context, 2));
  if (spatial != 2) return context.unsupported("deformable convolution over one dimension");
  AttrMap attrs;
  POACL_RETURN_IF_ERROR(window_attrs(context, 2, &attrs));
  attrs.set("groups", context.node().attrs.get_int("group", 1));
  attrs.set("deformable_groups", context.node().attrs.get_int("offset_group", 1));
  std::vector<ValueId> inputs = {context.input(0), context.input(1), context.input(2)};
  if (context.has_input(3) || context.has_input(4)) inputs.push_back(context.input(3));
  if (context.has_input(4)) inputs.push_back(context.input(4));
  return emit(context, "DeformableConv2D", std::move(inputs), std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> conv_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Conv", translate_conv, 1},
      {"ConvTranspose", translate_conv_transpose, 1},
      {"DeformConv", translate_deform_conv, 19},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
