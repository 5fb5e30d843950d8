// The numbers of one Conv2D, checked once for every kernel of the family.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace poacl {

// Logical NCHW sizes. All products of sizes that kernels form (elements of every tensor, the
// extent of a dilated filter, of a padded image) fit into 40 bits.
struct ConvGeometry {
  int64_t n, c, h, w;      // input
  int64_t o, oh, ow;       // output
  int64_t kh, kw;          // filter
  int64_t sh, sw;          // strides
  int64_t pt, pb, pl, pr;  // pads: top, bottom, left, right
  int64_t dh, dw;          // dilations
  int64_t groups;
  bool has_bias;
  bool has_residual;
  Activation activation;

  int64_t group_channels() const { return c / groups; }
  int64_t group_outputs() const { return o / groups; }
  bool pointwise() const { return kh == 1 && kw == 1; }
  bool padded() const { return (pt | pb | pl | pr) != 0; }
};

// Reads and checks a Conv2D on float tensors; otherwise declines with the numbers.
Result<ConvGeometry> conv_geometry(const OpInstance& op);

}  // namespace poacl
