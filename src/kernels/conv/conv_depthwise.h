// Depthwise convolution (one filter per channel) on channel blocks.
#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace poacl {

struct ConvDepthwiseParams {
  int64_t batch, blocks;  // images, channel blocks
  int64_t h, w, oh, ow;
  int64_t kh, kw, sh, sw, dh, dw, pt, pl;
  int64_t band;     // output rows of one chunk
  int64_t tile;     // output columns of a register tile; 0: pixel by pixel
  int64_t tail;     // channels in the last block
  bool clear_tail;  // see ConvDirectParams
  bool has_bias, has_residual;
  float low, high;
  Activation activation;
};

void conv_depthwise_run_avx512(const KernelArgs& args);
void conv_depthwise_run_avx2(const KernelArgs& args);
void conv_depthwise_run_generic(const KernelArgs& args);

}  // namespace poacl
