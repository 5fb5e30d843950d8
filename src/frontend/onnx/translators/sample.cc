// Operators that read an image at computed positions, and those that move blocks of it.
#include <algorithm>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_grid_sample(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  const AttrMap& given = context.node().attrs;
  POACL_ASSIGN_OR_RETURN(const int64_t rank,
                         rank_of(context, context.input_value(0).shape_known ? 0 : 1));
  if (rank != 4 && rank != 5) {
    return context.unsupported(fmt::format("x of rank {}; 4 and 5 are supported", rank));
  }
  std::string mode = given.get_string("mode", "linear");
  // The names up to opset 19.
  if (mode == "linear") mode = "bilinear";
  if (mode == "cubic") mode = "bicubic";
  AttrMap attrs;
  attrs.set("interpolation_mode", mode);
  attrs.set("padding_mode", given.get_string("padding_mode", "zeros"));
  attrs.set("align_corners", given.get_int("align_corners") != 0);
  return emit(context, rank == 5 ? "GridSampler3D" : "GridSampler2D",
              {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_affine_grid(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  AttrMap attrs;
  attrs.set("align_corners", context.node().attrs.get_int("align_corners") != 0);
  return emit(context, "AffineGrid", {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_roi_align(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  attrs.set("pool_mode", given.get_string("mode", "avg"));
  attrs.set("pooled_height", given.get_int("output_height", 1));
  attrs.set("pooled_width", given.get_int("output_width", 1));
  attrs.set("sample_num", given.get_int("sampling_ratio"));
  attrs.set("spatial_scale", given.get_float("spatial_scale", 1.0f));
  const std::string mode = given.get_string("coordinate_transformation_mode", "half_pixel");
  if (mode != "half_pixel" && mode != "output_half_pixel") {
    return graph_error(
        "coordinate_transformation_mode is '{}', but must be half_pixel or "
        "output_half_pixel",
        mode);
  }
  attrs.set("half_pixel", context.node().opset >= 16 && mode == "half_pixel");
  return emit(context, "ROIAlign", {context.input(0), context.input(1), context.input(2)},
              std::move(attrs));
}

Status translate_max_roi_pool(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  const auto pooled = context.node().attrs.get_ints("pooled_shape");
  if (pooled.size() != 2) {
    return graph_error("pooled_shape is {}, but must be [height,width]", dims_to_string(pooled));
  }
  AttrMap attrs;
  attrs.set("pooled_h", pooled[0]);
  attrs.set("pooled_w", pooled[1]);
  attrs.set("spatial_scale", context.node().attrs.get_float("spatial_scale", 1.0f));
  return emit(context, "ROIPooling", {context.input(0), context.input(1)}, std::move(attrs));
}

Status translate_depth_space(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const AttrMap& given = context.node().attrs;
  if (!given.has("blocksize")) return graph_error("the attribute blocksize is missing");
  AttrMap attrs;
  attrs.set("block_size", given.get_int("blocksize"));
  const bool to_space = context.node().op_type == "DepthToSpace";
  if (to_space) attrs.set("mode", given.get_string("mode", "DCR"));
  return emit(context, to_space ? "DepthToSpace" : "SpaceToDepth", {context.input(0)},
              std::move(attrs));
}

Status translate_col2im(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  if (const auto strides = given.get_ints("strides"); !strides.empty()) {
    attrs.set("stride", strides);
  }
  if (const auto dilations = given.get_ints("dilations"); !dilations.empty()) {
    attrs.set("dilation", dilations);
  }
  const auto pads = given.get_ints("pads");
  if (pads.size() % 2 != 0) {
    return graph_error("pads {} must have an even number of numbers", dims_to_string(pads));
  }
  std::vector<int64_t> pairs;
  for (size_t i = 0; i < pads.size() / 2; ++i) {
    pairs.push_back(pads[i]);
    pairs.push_back(pads[i + pads.size() / 2]);
  }
  if (!pairs.empty()) attrs.set("padding", std::move(pairs));
  return emit(context, "Col2im", {context.input(0), context.input(1), context.input(2)},
              std::move(attrs));
}

Status translate_center_crop_pad(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  AttrMap attrs;
  if (const auto axes = context.node().attrs.get_ints("axes"); !axes.empty()) {
    attrs.set("axes", axes);
  }
  return emit(context, "CenterCropPad", {context.input(0), context.input(1)}, std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> sample_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"GridSample", translate_grid_sample, 16},  {"AffineGrid", translate_affine_grid, 20},
      {"RoiAlign", translate_roi_align, 10},      {"MaxRoiPool", translate_max_roi_pool, 1},
      {"DepthToSpace", translate_depth_space, 1}, {"SpaceToDepth", translate_depth_space, 1},
      {"Col2Im", translate_col2im, 18},           {"CenterCropPad", translate_center_crop_pad, 18},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
