// Winograd convolution F(m x m, 3 x 3), m = 4 or 2, for 3x3 filters of stride 1 on channel blocks:
// tiles of (m+2)^2 pixels are transformed, multiplied as (m+2)^2 matrix products, and transformed
// back. m = 4 interpolates at 0, +-sqrt(1/2), +-sqrt(2), infinity, which keeps the rounding error
// at that of direct convolution; m = 2 at 0, +-1, infinity.
#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace poacl {

struct ConvMachine;

struct ConvWinogradParams {
  int64_t m;
  int64_t batch, h, w, oh, ow, pt, pl;
  int64_t in_blocks, out_blocks, last_depth;
  int64_t tile_rows, tile_cols;  // output tiles of an image
  int64_t tile_block;            // tiles transformed and multiplied together
  int64_t col_tile;              // tiles of one register tile
  bool shared;                   // workers share every block of tiles; otherwise each has its own
  int64_t pair_chunk;            // shared: pairs of output blocks in one product chunk
  int64_t v_step, m_step;        // between the matrices of one tile block, in floats
  int64_t scratch_floats;        // V and M of one tile block
  int64_t tail;
  bool clear_tail;  // see ConvDirectParams
  bool has_bias, has_residual;
  float low, high;
  Activation activation;
};

// `always`: also where direct convolution is expected to be faster (for tests).
Status plan_winograd(const OpInstance& op, const PlanContext& context, const ConvMachine& machine,
                     int64_t m, bool always, KernelPlan* plan);

POACL_X86 void conv_winograd_run_avx512(const KernelArgs& args);
POACL_X86 void conv_winograd_run_avx2(const KernelArgs& args);
void conv_winograd_run_generic(const KernelArgs& args);

}  // namespace poacl
