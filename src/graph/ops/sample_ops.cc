// Operators that read an image at computed positions.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

bool is_one_of(const std::string& value, std::initializer_list<std::string_view> allowed) {
  return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

// x [N, C, ...in], grid [N, ...out, spatial] -> [N, C, ...out].
template <size_t Spatial>
Status infer_grid_sampler(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_float(c, 1, "grid"));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, Spatial + 2, "x"));
  POACL_RETURN_IF_ERROR(require_rank(c, 1, Spatial + 2, "grid"));
  POACL_RETURN_IF_ERROR(require_dim(c, 1, Spatial + 1, Spatial, "grid"));
  const std::string mode = c.attrs->get_string("interpolation_mode");
  if (!is_one_of(mode, {"bilinear", "nearest", "bicubic"})) {
    return graph_error("interpolation_mode is '{}', but must be bilinear, nearest or bicubic",
                       mode);
  }
  if (Spatial == 3 && mode == "bicubic") {
    return graph_error("interpolation_mode bicubic is for four dimensions, x has five");
  }
  const std::string padding = c.attrs->get_string("padding_mode");
  if (!is_one_of(padding, {"zeros", "border", "reflection"})) {
    return graph_error("padding_mode is '{}', but must be zeros, border or reflection", padding);
  }
  const Dims x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(Spatial + 2, -1);
  const Dims grid = c.inputs[1].rank_known ? c.inputs[1].dims : Dims(Spatial + 2, -1);
  POACL_RETURN_IF_ERROR(require_dim(c, 1, 0, x[0], "grid"));
  Dims y = {x[0] < 0 ? grid[0] : x[0], x[1]};
  y.insert(y.end(), grid.begin() + 1, grid.end() - 1);
  if (element_count(y) != 0 && std::find(x.begin() + 2, x.end(), 0) != x.end()) {
    return graph_error("x has shape {}; there is nothing to sample", dims_to_string(x));
  }
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

// theta [N, 2, 3] with size [N, C, H, W], or [N, 3, 4] with [N, C, D, H, W].
Status infer_affine_grid(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "theta"));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 3, "theta"));
  POACL_ASSIGN_OR_RETURN(const auto size, constant_ints(c, 1, "output_size"));
  if (!size) {
    if (c.inputs[1].rank_known && c.inputs[1].dims.size() == 1 && c.inputs[1].dims[0] > 0) {
      c.set_output(0, c.inputs[0].dtype, Dims(static_cast<size_t>(c.inputs[1].dims[0]), -1));
    } else {
      set_unknown(c, 0, c.inputs[0].dtype);
    }
    return {};
  }
  if (size->size() != 4 && size->size() != 5) {
    return graph_error("output_size is {}, but must be [N,C,H,W] or [N,C,D,H,W]",
                       dims_to_string(*size));
  }
  const auto spatial = static_cast<int64_t>(size->size()) - 2;
  POACL_RETURN_IF_ERROR(require_dim(c, 0, 0, (*size)[0], "theta"));
  POACL_RETURN_IF_ERROR(require_dim(c, 0, 1, spatial, "theta"));
  POACL_RETURN_IF_ERROR(require_dim(c, 0, 2, spatial + 1, "theta"));
  if (std::any_of(size->begin(), size->end(), [](int64_t d) { return d < 0; })) {
    return graph_error("output_size {} has a negative number", dims_to_string(*size));
  }
  Dims y = {(*size)[0]};
  y.insert(y.end(), size->begin() + 2, size->end());
  y.push_back(spatial);
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

Result<Dims> region_dims(InferContext& c, int64_t columns, std::string_view height,
                         std::string_view width) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "features"));
  POACL_RETURN_IF_ERROR(require_float(c, 1, "rois"));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 4, "features"));
  POACL_RETURN_IF_ERROR(require_rank(c, 1, 2, "rois"));
  POACL_RETURN_IF_ERROR(require_dim(c, 1, 1, columns, "rois"));
  const int64_t h = c.attrs->get_int(height, 1);
  const int64_t w = c.attrs->get_int(width, 1);
  if (h < 1 || w < 1 || h > kMaxExtent || w > kMaxExtent) {
    return graph_error("{} and {} are {} and {}, but must be from 1 to {}", height, width, h, w,
                       kMaxExtent);
  }
  if (c.inputs[0].rank_known &&
      std::find(c.inputs[0].dims.begin(), c.inputs[0].dims.end(), 0) != c.inputs[0].dims.end()) {
    return graph_error("features have shape {}; an empty dimension is not allowed here",
                       dims_to_string(c.inputs[0].dims));
  }
  return Dims{c.inputs[1].rank_known ? c.inputs[1].dims[0] : -1,
              c.inputs[0].rank_known ? c.inputs[0].dims[1] : -1, h, w};
}

// rois [n, 4] as x1, y1, x2, y2; rois_n [n]: the image each lies in.
Status infer_roi_align(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(Dims y, region_dims(c, 4, "pooled_height", "pooled_width"));
  POACL_RETURN_IF_ERROR(require_rank(c, 2, 1, "rois_n"));
  POACL_RETURN_IF_ERROR(require_dim(c, 2, 0, y[0], "rois_n"));
  const DataType index = c.inputs[2].dtype;
  if (index != DataType::kInt64 && index != DataType::kInt32) {
    return graph_error("rois_n must be int32 or int64, but is {}", data_type_name(index));
  }
  const int64_t samples = c.attrs->get_int("sample_num");
  if (samples < 0 || samples > 4096) {
    return graph_error("sample_num is {}, but must be from 0 to 4096", samples);
  }
  if (const std::string mode = c.attrs->get_string("pool_mode"); !is_one_of(mode, {"avg", "max"})) {
    return graph_error("pool_mode is '{}', but must be avg or max", mode);
  }
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

// rois [n, 5] as image, x1, y1, x2, y2.
Status infer_roi_pooling(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(Dims y, region_dims(c, 5, "pooled_h", "pooled_w"));
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

}  // namespace

std::span<const OpDef> sample_ops() {
  static const std::vector<PortDef> sampled = {{"x"}, {"grid"}};
  static const std::vector<AttrDef> sampling = {
      {"interpolation_mode", std::string("bilinear")},
      {"padding_mode", std::string("zeros")},
      {"align_corners", false},
  };
  static const std::vector<OpDef> defs = {
      {"GridSampler2D", sampled, {{"y"}}, sampling, infer_grid_sampler<2>},
      {"GridSampler3D", sampled, {{"y"}}, sampling, infer_grid_sampler<3>},
      {"AffineGrid",
       {{"theta"}, {"output_size", PortKind::kRequired, true}},
       {{"y"}},
       {{"align_corners", false}},
       infer_affine_grid},
      {"ROIAlign",
       {{"features"}, {"rois"}, {"rois_n"}},
       {{"y"}},
       {{"spatial_scale", 1.0f},
        {"pooled_height", int64_t{1}},
        {"pooled_width", int64_t{1}},
        {"sample_num", int64_t{0}},
        {"pool_mode", std::string("avg")},
        {"half_pixel", true}},
       infer_roi_align},
      {"ROIPooling",
       {{"x"}, {"rois"}},
       {{"y"}},
       {{"pooled_h", int64_t{1}}, {"pooled_w", int64_t{1}}, {"spatial_scale", 1.0f}},
       infer_roi_pooling},
  };
  return defs;
}

}  // namespace poacl
