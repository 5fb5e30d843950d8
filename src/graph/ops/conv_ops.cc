#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/conv_infer.h"

namespace poacl {
namespace {

Status require_positive(const Dims& dims, std::string_view what) {
  for (const int64_t d : dims) {
    if (d == 0)
      return graph_error("{} has shape {}; an empty dimension is not allowed here", what,
                         dims_to_string(dims));
  }
  return {};
}

}  // namespace

Result<ConvShapes> check_conv(InferContext& c, size_t spatial, size_t bias, bool transposed) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, spatial + 2, "x"));
  POACL_RETURN_IF_ERROR(require_rank(c, 1, spatial + 2, "filter"));
  POACL_RETURN_IF_ERROR(require_rank(c, bias, 1, "bias"));
  const std::string_view wanted = spatial == 3 ? "NCDHW" : "NCHW";
  if (const std::string format = c.attrs->get_string("data_format"); format != wanted) {
    return graph_error("data_format is '{}', but only {} is supported", format, wanted);
  }
  const int64_t groups = c.attrs->get_int("groups", 1);
  if (groups < 1 || groups > kMaxExtent) {
    return graph_error("groups is {}, but must be from 1 to {}", groups, kMaxExtent);
  }
  ConvShapes shapes;
  shapes.x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(spatial + 2, -1);
  shapes.filter = c.inputs[1].rank_known ? c.inputs[1].dims : Dims(spatial + 2, -1);
  const Dims& x = shapes.x;
  const Dims& filter = shapes.filter;
  POACL_RETURN_IF_ERROR(require_positive(x, "x"));
  POACL_RETURN_IF_ERROR(require_positive(filter, "filter"));
  if (filter[0] > 0 && filter[0] % groups != 0) {
    return graph_error("the {} {} channels of filter {} cannot be divided into {} groups",
                       filter[0], transposed ? "input" : "output", dims_to_string(filter), groups);
  }
  const int64_t expected = transposed ? filter[0] : filter[1] < 0 ? -1 : filter[1] * groups;
  if (x[1] > 0 && expected > 0 && x[1] != expected) {
    return graph_error("x {} has {} channels, but filter {} with groups {} expects {}",
                       dims_to_string(x), x[1], dims_to_string(filter), groups, expected);
  }
  shapes.outputs = !transposed ? filter[0] : filter[1] < 0 ? -1 : filter[1] * groups;
  POACL_RETURN_IF_ERROR(require_dim(c, bias, 0, shapes.outputs, "bias"));
  return shapes;
}

namespace {

// [N, O, ...] of a forward convolution; pads are normalised.
Result<Dims> conv_output(InferContext& c, size_t spatial, const ConvShapes& shapes) {
  Dims out = {shapes.x[0], shapes.outputs};
  out.resize(spatial + 2, -1);
  if (std::all_of(shapes.filter.begin() + 2, shapes.filter.end(),
                  [](int64_t d) { return d > 0; })) {
    Window window;
    window.rank = static_cast<int>(spatial);
    std::copy(shapes.filter.begin() + 2, shapes.filter.end(), window.kernel);
    POACL_RETURN_IF_ERROR(infer_window(c, &shapes.x[2], false, &window));
    std::copy(window.out, window.out + spatial, out.begin() + 2);
  }
  return out;
}

Status infer_conv(InferContext& c, size_t spatial) {
  POACL_ASSIGN_OR_RETURN(const ConvShapes shapes, check_conv(c, spatial, 2, false));
  POACL_RETURN_IF_ERROR(require_rank(c, 3, spatial + 2, "residual"));
  POACL_ASSIGN_OR_RETURN(Dims out, conv_output(c, spatial, shapes));
  for (size_t i = 0; i < out.size(); ++i) {
    POACL_RETURN_IF_ERROR(require_dim(c, 3, i, out[i], "residual"));
  }
  c.set_output(0, c.inputs[0].dtype, std::move(out));
  return {};
}

Status infer_conv2d(InferContext& c) {
  return infer_conv(c, 2);
}
Status infer_conv3d(InferContext& c) {
  return infer_conv(c, 3);
}
Status infer_conv2d_transpose(InferContext& c) {
  return infer_conv_transpose(c, 2);
}
Status infer_conv3d_transpose(InferContext& c) {
  return infer_conv_transpose(c, 3);
}

// Offsets [N, deformable_groups * kh * kw * 2, oh, ow], mask [N, deformable_groups * kh * kw, ...].
Status infer_deformable_conv(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(const ConvShapes shapes, check_conv(c, 2, 3, false));
  POACL_RETURN_IF_ERROR(require_rank(c, 2, 4, "offsets"));
  POACL_RETURN_IF_ERROR(require_rank(c, 4, 4, "mask"));
  const int64_t parts = c.attrs->get_int("deformable_groups", 1);
  if (parts < 1 || parts > kMaxExtent || (shapes.x[1] > 0 && shapes.x[1] % parts != 0)) {
    return graph_error(
        "deformable_groups is {}, but must be at least 1 and divide the channels of "
        "x {}",
        parts, dims_to_string(shapes.x));
  }
  POACL_ASSIGN_OR_RETURN(Dims out, conv_output(c, 2, shapes));
  const Dims& f = shapes.filter;
  const int64_t taps = f[2] > 0 && f[3] > 0 && f[2] * f[3] < kMaxExtent ? parts * f[2] * f[3] : -1;
  const Dims offsets = {out[0], taps < 0 ? -1 : 2 * taps, out[2], out[3]};
  const Dims mask = {out[0], taps, out[2], out[3]};
  for (size_t i = 0; i < 4; ++i) {
    POACL_RETURN_IF_ERROR(require_dim(c, 2, i, offsets[i], "offsets"));
    POACL_RETURN_IF_ERROR(require_dim(c, 4, i, mask[i], "mask"));
  }
  c.set_output(0, c.inputs[0].dtype, std::move(out));
  return {};
}

std::vector<AttrDef> conv_attrs(size_t spatial) {
  return {{"strides", std::vector<int64_t>(spatial + 2, 1)},
          {"pads", std::vector<int64_t>(2 * spatial, 0)},
          {"dilations", std::vector<int64_t>(spatial + 2, 1)},
          {"groups", int64_t{1}},
          {"data_format", std::string(spatial == 3 ? "NCDHW" : "NCHW")},
          {"auto_pad", std::string()}};
}

std::vector<AttrDef> transpose_attrs(size_t spatial) {
  std::vector<AttrDef> attrs = conv_attrs(spatial);
  attrs.push_back({"output_padding", std::vector<int64_t>(spatial + 2, 0)});
  attrs.push_back({"output_shape", std::vector<int64_t>()});
  return attrs;
}

std::vector<AttrDef> deformable_attrs() {
  std::vector<AttrDef> attrs = conv_attrs(2);
  attrs.push_back({"deformable_groups", int64_t{1}});
  return attrs;
}

}  // namespace

std::span<const OpDef> conv_ops() {
  static const std::vector<PortDef> forward = {
      {"x"}, {"filter"}, {"bias", PortKind::kOptional}, {"residual", PortKind::kOptional}};
  static const std::vector<PortDef> backward = {{"x"}, {"filter"}, {"bias", PortKind::kOptional}};
  static const std::vector<PortDef> deformable = {
      {"x"}, {"filter"}, {"offsets"}, {"bias", PortKind::kOptional}, {"mask", PortKind::kOptional}};
  static const std::vector<OpDef> defs = {
      {"Conv2D", forward, {{"y"}}, conv_attrs(2), infer_conv2d},
      {"Conv3D", forward, {{"y"}}, conv_attrs(3), infer_conv3d},
      {"Conv2DTransposeD", backward, {{"y"}}, transpose_attrs(2), infer_conv2d_transpose},
      {"Conv3DTransposeD", backward, {{"y"}}, transpose_attrs(3), infer_conv3d_transpose},
      {"DeformableConv2D", deformable, {{"y"}}, deformable_attrs(), infer_deformable_conv},
  };
  return defs;
}

}  // namespace poacl
