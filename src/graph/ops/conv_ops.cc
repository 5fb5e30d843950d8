#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

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

Status infer_conv2d(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 4, "x"));
  POACL_RETURN_IF_ERROR(require_rank(c, 1, 4, "filter"));
  POACL_RETURN_IF_ERROR(require_rank(c, 2, 1, "bias"));
  POACL_RETURN_IF_ERROR(require_rank(c, 3, 4, "residual"));
  if (const std::string format = c.attrs->get_string("data_format"); format != "NCHW") {
    return graph_error("data_format is '{}', but only NCHW is supported", format);
  }
  const int64_t groups = c.attrs->get_int("groups", 1);
  if (groups < 1 || groups > kMaxExtent) {
    return graph_error("groups is {}, but must be from 1 to {}", groups, kMaxExtent);
  }
  const Dims x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(4, -1);
  if (!c.inputs[1].rank_known) {
    c.set_output(0, c.inputs[0].dtype, {x[0], -1, -1, -1});
    return {};
  }
  const Dims& filter = c.inputs[1].dims;
  POACL_RETURN_IF_ERROR(require_positive(x, "x"));
  POACL_RETURN_IF_ERROR(require_positive(filter, "filter"));
  if (filter[0] > 0 && filter[0] % groups != 0) {
    return graph_error("the {} output channels of filter {} cannot be divided into {} groups",
                       filter[0], dims_to_string(filter), groups);
  }
  if (x[1] > 0 && filter[1] > 0 && x[1] != filter[1] * groups) {
    return graph_error("x {} has {} channels, but filter {} with groups {} expects {}",
                       dims_to_string(x), x[1], dims_to_string(filter), groups, filter[1] * groups);
  }
  POACL_RETURN_IF_ERROR(require_dim(c, 2, 0, filter[0], "bias"));
  Dims out = {x[0], filter[0], -1, -1};
  if (filter[2] > 0 && filter[3] > 0) {
    Window window;
    window.kernel[0] = filter[2];
    window.kernel[1] = filter[3];
    POACL_RETURN_IF_ERROR(infer_window(c, &x[2], false, &window));
    out[2] = window.out[0];
    out[3] = window.out[1];
  }
  for (size_t i = 0; i < 4; ++i) POACL_RETURN_IF_ERROR(require_dim(c, 3, i, out[i], "residual"));
  c.set_output(0, c.inputs[0].dtype, std::move(out));
  return {};
}

}  // namespace

std::span<const OpDef> conv_ops() {
  static const std::vector<OpDef> defs = {
      {"Conv2D",
       {{"x"}, {"filter"}, {"bias", PortKind::kOptional}, {"residual", PortKind::kOptional}},
       {{"y"}},
       {{"strides", std::vector<int64_t>{1, 1, 1, 1}},
        {"pads", std::vector<int64_t>{0, 0, 0, 0}},
        {"dilations", std::vector<int64_t>{1, 1, 1, 1}},
        {"groups", int64_t{1}},
        {"data_format", std::string("NCHW")},
        {"auto_pad", std::string()}},
       infer_conv2d},
  };
  return defs;
}

}  // namespace poacl
