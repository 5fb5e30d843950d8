// Winograd convolution F(2 x 2, 3 x 3) on channel blocks of bfloat16, for 3x3 filters of stride 1:
// tiles of 4 x 4 pixels are transformed, multiplied in bfloat16 as sixteen matrix products and
// transformed back. The interpolation points 0, +-1, infinity keep what rounding costs close to
// that of direct convolution; larger tiles would not.
#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace poacl {

struct Bf16WinogradParams {
  int64_t batch, h, w, oh, ow, pt, pl;
  int64_t in_blocks, out_blocks;
  int64_t last_words;            // pairs of channels in the last input block
  int64_t tile_rows, tile_cols;  // output tiles of an image
  int64_t tile_block;            // tiles transformed and multiplied together
  int64_t col_tile;              // tiles of one register tile
  bool shared;                   // workers share every block of tiles; otherwise each has its own
  int64_t matrix_step;           // between the matrices of transformed tiles, in elements
  int64_t tail;                  // channels in the last output block
  bool special;                  // the result wants more than a clamp
  bool has_bias, has_residual;
  float low, high;
  Activation activation;
};

extern const KernelImpl kConv2dWinogradBf16;

// `always`: also where direct convolution is expected to be faster (for tests).
Status plan_bf16_winograd(const OpInstance& op, const PlanContext& context, bool always,
                          KernelPlan* plan);

POACL_X86 void bf16_winograd_run(const KernelArgs& args);

}  // namespace poacl
