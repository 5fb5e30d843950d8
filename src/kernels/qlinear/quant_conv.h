// The numbers of one QuantConv2D: an exact convolution of (x - x_offset) with
// (filter - filter_offset), plus bias, in int32, over one to three spatial dimensions; the sums may
// be scaled at once (quant_result.h).
#pragma once

#include "kernels/kernel.h"
#include "kernels/qlinear/quant_result.h"

namespace poacl {

// Spatial dimensions are always three; missing ones in front have size 1.
struct QuantConvParams {
  bool signed_x, signed_filter;
  bool has_x_offset, has_filter_offset, has_bias;
  bool filter_offset_per_channel;
  int64_t batch, in_channels, out_channels, groups;
  int64_t in[3], out[3], kernel[3];
  int64_t stride[3], dilation[3], pad[3];  // pad: before
  QuantResultParams result;

  int64_t in_plane() const { return in[0] * in[1] * in[2]; }
  int64_t out_plane() const { return out[0] * out[1] * out[2]; }
  int64_t window() const { return kernel[0] * kernel[1] * kernel[2]; }
};

Status read_quant_conv(const OpInstance& op, QuantConvParams* params);

}  // namespace poacl
