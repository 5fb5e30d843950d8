// What the inference of convolutions and of their transposes shares.
#pragma once

#include "graph/ops/infer_util.h"

namespace poacl {

// Types, ranks (spatial + 2), groups and channels of x (input 0), filter (input 1: [outputs,
// channels per group, ...], transposed [channels, outputs per group, ...]) and bias (input `bias`).
// On success dims hold x's and the filter's, all -1 where the rank is unknown.
struct ConvShapes {
  Dims x;
  Dims filter;
  int64_t outputs = -1;  // channels of the result
};
Result<ConvShapes> check_conv(InferContext& context, size_t spatial, size_t bias, bool transposed);

Status infer_conv_transpose(InferContext& context, size_t spatial);

}  // namespace poacl
