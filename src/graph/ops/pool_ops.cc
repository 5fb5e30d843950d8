#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status infer_pool(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 4, "x"));
  const Dims x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(4, -1);
  for (const int64_t d : x) {
    if (d == 0) {
      return graph_error("x has shape {}; an empty dimension is not allowed here",
                         dims_to_string(x));
    }
  }
  if (const std::string format = c.attrs->get_string("data_format"); format != "NCHW") {
    return graph_error("data_format is '{}', but only NCHW is supported", format);
  }
  if (c.attrs->get_bool("global_pooling")) {
    c.set_output(0, c.inputs[0].dtype, {x[0], x[1], 1, 1});
    return {};
  }
  if (const std::string mode = c.attrs->get_string("padding_mode"); mode != "CALCULATED") {
    return graph_error("padding_mode is '{}', but only CALCULATED (pads) is supported", mode);
  }
  const auto ksize = c.attrs->get_ints("ksize");
  if (ksize.size() != 4 || ksize[0] != 1 || ksize[1] != 1) {
    return graph_error("ksize is {}, but must be [1,1,height,width]", dims_to_string(ksize));
  }
  Window window;
  window.kernel[0] = ksize[2];
  window.kernel[1] = ksize[3];
  POACL_RETURN_IF_ERROR(infer_window(c, &x[2], c.attrs->get_bool("ceil_mode"), &window));
  for (int i = 0; i < 2; ++i) {
    if (window.dilation[i] != 1) {
      return graph_error("dilations of {}x{} are not supported for pooling", window.dilation[0],
                         window.dilation[1]);
    }
    // A window that lies wholly in the padding would have no value at all.
    if (window.pad_begin[i] >= window.kernel[i] || window.pad_end[i] >= window.kernel[i]) {
      return graph_error("pads {} and {} must be smaller than the window's side of {}",
                         window.pad_begin[i], window.pad_end[i], window.kernel[i]);
    }
  }
  c.set_output(0, c.inputs[0].dtype, {x[0], x[1], window.out[0], window.out[1]});
  return {};
}

Status infer_global_pool(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 4, "x"));
  const Dims x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(4, -1);
  if (x[2] == 0 || x[3] == 0) {
    return graph_error("x has shape {}; the mean of nothing is undefined", dims_to_string(x));
  }
  c.set_output(0, c.inputs[0].dtype, {x[0], x[1], 1, 1});
  return {};
}

std::vector<AttrDef> pool_attrs(bool average) {
  std::vector<AttrDef> attrs = {
      {"ksize", std::vector<int64_t>()},
      {"strides", std::vector<int64_t>{1, 1, 1, 1}},
      {"padding_mode", std::string("CALCULATED")},
      {"pads", std::vector<int64_t>{0, 0, 0, 0}},
      {"data_format", std::string("NCHW")},
      {"global_pooling", false},
      {"ceil_mode", false},
      {"auto_pad", std::string()},
  };
  if (average) attrs.push_back({"exclusive", true});
  return attrs;
}

}  // namespace

std::span<const OpDef> pool_ops() {
  static const std::vector<OpDef> defs = {
      {"MaxPoolV3", {{"x"}}, {{"y"}}, pool_attrs(false), infer_pool},
      {"AvgPoolV2", {{"x"}}, {{"y"}}, pool_attrs(true), infer_pool},
      {"GlobalAveragePool", {{"x"}}, {{"y"}}, {}, infer_global_pool},
  };
  return defs;
}

}  // namespace poacl
