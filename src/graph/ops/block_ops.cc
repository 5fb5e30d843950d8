// Operators that move blocks of an image: between depth and space, out of columns, to the centre.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Result<int64_t> block_size(const InferContext& c) {
  const int64_t block = c.attrs->get_int("block_size");
  if (block < 1 || block > 4096) {
    return graph_error("block_size is {}, but must be from 1 to 4096", block);
  }
  return block;
}

Status infer_depth_to_space(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 4, "x"));
  POACL_ASSIGN_OR_RETURN(const int64_t block, block_size(c));
  if (const std::string mode = c.attrs->get_string("mode"); mode != "DCR" && mode != "CRD") {
    return graph_error("mode is '{}', but must be DCR or CRD", mode);
  }
  const Dims x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(4, -1);
  if (x[1] >= 0 && x[1] % (block * block) != 0) {
    return graph_error("x {} has {} channels, which blocks of {}x{} do not divide",
                       dims_to_string(x), x[1], block, block);
  }
  const auto times = [block](int64_t d) { return d < 0 ? -1 : d * block; };
  c.set_output(0, c.inputs[0].dtype,
               {x[0], x[1] < 0 ? -1 : x[1] / (block * block), times(x[2]), times(x[3])});
  return {};
}

Status infer_space_to_depth(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 4, "x"));
  POACL_ASSIGN_OR_RETURN(const int64_t block, block_size(c));
  const Dims x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(4, -1);
  for (const size_t i : {2u, 3u}) {
    if (x[i] >= 0 && x[i] % block != 0) {
      return graph_error("x {} is {} long in dimension {}, which blocks of {} do not divide",
                         dims_to_string(x), x[i], i, block);
    }
  }
  const auto part = [block](int64_t d) { return d < 0 ? -1 : d / block; };
  c.set_output(0, c.inputs[0].dtype,
               {x[0], x[1] < 0 ? -1 : x[1] * block * block, part(x[2]), part(x[3])});
  return {};
}

bool in_range(const std::vector<int64_t>& values, int64_t low) {
  return std::all_of(values.begin(), values.end(),
                     [low](int64_t v) { return v >= low && v <= kMaxExtent; });
}

// x [N, C * product(kernel), L] -> [N, C, ...output_size]; L is the number of window positions.
Status infer_col2im(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 3, "x"));
  POACL_ASSIGN_OR_RETURN(const auto image, constant_ints(c, 1, "output_size"));
  POACL_ASSIGN_OR_RETURN(const auto kernel, constant_ints(c, 2, "kernel_size"));
  const Dims x = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(3, -1);
  if (!image || !kernel) {
    if (image) {
      Dims y = {x[0], -1};
      y.insert(y.end(), image->begin(), image->end());
      c.set_output(0, c.inputs[0].dtype, std::move(y));
    } else {
      set_unknown(c, 0, c.inputs[0].dtype);
    }
    return {};
  }
  const size_t rank = image->size();
  if (rank < 1 || rank + 2 > kMaxRank || kernel->size() != rank || !in_range(*image, 1) ||
      !in_range(*kernel, 1)) {
    return graph_error(
        "output_size {} and kernel_size {} must be as many positive numbers each, "
        "at most {}",
        dims_to_string(*image), dims_to_string(*kernel), kMaxRank - 2);
  }
  const std::vector<int64_t> ones(rank, 1);
  const auto strides = c.attrs->get_ints("stride", ones);
  const auto dilations = c.attrs->get_ints("dilation", ones);
  const auto pads = c.attrs->get_ints("padding", std::vector<int64_t>(2 * rank, 0));
  if (strides.size() != rank || dilations.size() != rank || pads.size() != 2 * rank ||
      !in_range(strides, 1) || !in_range(dilations, 1) || !in_range(pads, 0)) {
    return graph_error(
        "stride {}, dilation {} and padding {} must be {}, {} and {} numbers in "
        "range",
        dims_to_string(strides), dims_to_string(dilations), dims_to_string(pads), rank, rank,
        2 * rank);
  }
  int64_t taps = 1;
  int64_t windows = 1;
  Dims y = {x[0], -1};
  for (size_t i = 0; i < rank; ++i) {
    const int64_t room =
        (*image)[i] + pads[2 * i] + pads[2 * i + 1] - ((*kernel)[i] - 1) * dilations[i] - 1;
    if (room < 0) {
      return graph_error("kernel_size {} is larger than output_size {} with its padding",
                         dims_to_string(*kernel), dims_to_string(*image));
    }
    taps *= (*kernel)[i];
    windows *= room / strides[i] + 1;
    if (taps > kMaxElements || windows > kMaxElements) {
      return graph_error("kernel_size {} or output_size {} is out of range",
                         dims_to_string(*kernel), dims_to_string(*image));
    }
    y.push_back((*image)[i]);
  }
  POACL_RETURN_IF_ERROR(require_dim(c, 0, 2, windows, "x"));
  if (x[1] >= 0) {
    if (x[1] % taps != 0) {
      return graph_error("x {} has {} rows, which kernel_size {} does not divide",
                         dims_to_string(x), x[1], dims_to_string(*kernel));
    }
    y[1] = x[1] / taps;
  }
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

Status infer_center_crop_pad(InferContext& c) {
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, c.inputs[0].dtype);
    return {};
  }
  Dims y = c.inputs[0].dims;
  std::vector<int64_t> axes = c.attrs->get_ints("axes");
  if (axes.empty()) {
    for (size_t d = 0; d < y.size(); ++d) axes.push_back(static_cast<int64_t>(d));
  }
  POACL_ASSIGN_OR_RETURN(const auto shape, constant_ints(c, 1, "shape"));
  if (shape && shape->size() != axes.size()) {
    return graph_error("shape {} has {} numbers for {} axes", dims_to_string(*shape), shape->size(),
                       axes.size());
  }
  for (size_t i = 0; i < axes.size(); ++i) {
    POACL_ASSIGN_OR_RETURN(const int64_t axis,
                           normalize_axis(axes[i], static_cast<int64_t>(y.size()), "axes"));
    y[static_cast<size_t>(axis)] = shape ? (*shape)[i] : -1;
    if (shape && (*shape)[i] < 0) {
      return graph_error("shape {} has a negative number", dims_to_string(*shape));
    }
  }
  c.set_output(0, c.inputs[0].dtype, std::move(y));
  return {};
}

}  // namespace

std::span<const OpDef> block_ops() {
  static const std::vector<OpDef> defs = {
      {"DepthToSpace",
       {{"x"}},
       {{"y"}},
       {{"block_size", int64_t{1}, true}, {"mode", std::string("DCR")}},
       infer_depth_to_space},
      {"SpaceToDepth", {{"x"}}, {{"y"}}, {{"block_size", int64_t{1}, true}}, infer_space_to_depth},
      {"Col2im",
       {{"x"},
        {"output_size", PortKind::kRequired, true},
        {"kernel_size", PortKind::kRequired, true}},
       {{"y"}},
       {{"stride", std::vector<int64_t>()},
        {"dilation", std::vector<int64_t>()},
        {"padding", std::vector<int64_t>()}},
       infer_col2im},
      {"CenterCropPad",
       {{"x"}, {"shape", PortKind::kRequired, true}},
       {{"y"}},
       {{"axes", std::vector<int64_t>()}},
       infer_center_crop_pad},
  };
  return defs;
}

}  // namespace poacl
