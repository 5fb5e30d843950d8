// The numbers of a convolution over up to three dimensions, forward or transposed, checked once
// for every kernel that is not made for the plain float Conv2D.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace poacl {

// Two-dimensional ones have a depth of 1. Products of sizes fit into 40 bits.
struct ConvNdGeometry {
  int64_t n, c, o, groups;
  int64_t in[3], out[3], kernel[3];
  int64_t stride[3], dilation[3], pad[3];  // pad: in front
  bool transposed;                         // filter [c, o / groups, ...] instead of [o, c / groups]
  bool has_bias;
  bool has_residual;
  DataType dtype;
  Activation activation;

  int64_t group_channels() const { return c / groups; }
  int64_t group_outputs() const { return o / groups; }
  int64_t in_plane() const { return in[0] * in[1] * in[2]; }
  int64_t out_plane() const { return out[0] * out[1] * out[2]; }
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
};

// Reads and checks Conv2D, Conv3D, Conv2DTransposeD, Conv3DTransposeD or DeformableConv2D on float
// or double tensors; otherwise declines with the numbers.
Result<ConvNdGeometry> conv_nd_geometry(const OpInstance& op);

// One dimension of the part of a convolution that makes outputs out_first, out_first + out_step...:
// output number q takes tap t of the filter, which is its element tap_first + t * tap_step, from
// input position q * in_step + in_first + t * in_tap.
struct ConvPhase {
  int64_t out_first, out_step, out_count;
  int64_t tap_first, tap_step, tap_count;
  int64_t in_first, in_step, in_tap;
};

// A forward convolution is one phase. A transposed one of stride s falls into s phases, in each of
// which every output takes the same taps. Phase p has the outputs whose place in the padded image
// is p modulo s, so its taps follow from stride, dilation and filter alone.
int64_t phase_count(const ConvNdGeometry& g, int dim);
ConvPhase phase_of(const ConvNdGeometry& g, int dim, int64_t phase);

}  // namespace poacl
