#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status require_channels(const InferContext& c) {
  if (!c.inputs[0].rank_known || c.inputs[0].dims.size() >= 2) return {};
  return graph_error("x has shape {}, but must be [N,C,...]", dims_to_string(c.inputs[0].dims));
}

Status infer_batch_norm(InferContext& c) {
  constexpr std::string_view kNames[] = {"x", "scale", "offset", "mean", "variance"};
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_channels(c));
  const int64_t channels = c.inputs[0].rank_known ? c.inputs[0].dims[1] : -1;
  for (size_t i = 1; i < 5; ++i) {
    POACL_RETURN_IF_ERROR(require_float(c, i, kNames[i]));
    POACL_RETURN_IF_ERROR(require_rank(c, i, 1, kNames[i]));
    POACL_RETURN_IF_ERROR(require_dim(c, i, 0, channels, kNames[i]));
  }
  return infer_same_as_input(c);
}

Status infer_lrn(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_channels(c));
  const int64_t radius = c.attrs->get_int("depth_radius");
  if (radius < 0 || radius > kMaxExtent) {
    return graph_error("depth_radius is {}, but must be from 0 to {}", radius, kMaxExtent);
  }
  if (const std::string region = c.attrs->get_string("norm_region"); region != "ACROSS_CHANNELS") {
    return graph_error("norm_region is '{}', but only ACROSS_CHANNELS is supported", region);
  }
  return infer_same_as_input(c);
}

Status infer_softmax(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  if (c.inputs[0].rank_known) {
    const int64_t rank = static_cast<int64_t>(c.inputs[0].dims.size());
    POACL_ASSIGN_OR_RETURN(auto axes, normalize_axes(c.attrs->get_ints("axes"), rank, "axes"));
    c.attrs->set("axes", std::move(axes));
  }
  return infer_same_as_input(c);
}

}  // namespace

std::span<const OpDef> norm_ops() {
  static const std::vector<OpDef> defs = {
      {"BatchNorm",
       {{"x"}, {"scale"}, {"offset"}, {"mean"}, {"variance"}},
       {{"y"}},
       {{"epsilon", 1e-5f}},
       infer_batch_norm},
      {"LRN",
       {{"x"}},
       {{"y"}},
       {{"depth_radius", int64_t{5}},
        {"bias", 1.0f},
        {"alpha", 1.0f},
        {"beta", 0.5f},
        // One neighbour more behind than before: ONNX's even window sizes.
        {"even_size", false},
        {"norm_region", std::string("ACROSS_CHANNELS")}},
       infer_lrn},
      {"SoftmaxV2", {{"x"}}, {{"y"}}, {{"axes", std::vector<int64_t>{-1}}}, infer_softmax},
      {"LogSoftmaxV2", {{"x"}}, {{"y"}}, {{"axes", std::vector<int64_t>{-1}}}, infer_softmax},
  };
  return defs;
}

}  // namespace poacl
