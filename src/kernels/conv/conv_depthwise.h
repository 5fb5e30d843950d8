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
  int64_t tile;     // output columns of a register tile for small filters; 0: not one of these
  int64_t tail;     // channels in the last block
  bool clear_tail;  // see ConvDirectParams
  bool has_bias, has_residual;
  float low, high;
  Activation activation;

  // Where tile is 0: tiles for any filter, over rows that have their padding to the side.
  int64_t any_tile;
  int64_t left;     // padding columns of a copied row
  int64_t width;    // columns of a copied row; 0: rows need no padding and are not copied
  int64_t scratch;  // floats of one worker's copied rows
};

// A plan for vectors of `lanes` channels and register tiles of `tile` columns, in blocks of floats.
Status plan_depthwise(const OpInstance& op, const PlanContext& context, int64_t lanes, int64_t tile,
                      KernelPlan* plan);

// Filter ([block][tap][channel]) or bias of such a plan.
void pack_depthwise(const OpInstance& op, int64_t lanes, int input, void* dst);

POACL_X86 void conv_depthwise_run_avx512(const KernelArgs& args);
POACL_X86 void conv_depthwise_run_avx2(const KernelArgs& args);
void conv_depthwise_run_generic(const KernelArgs& args);

}  // namespace poacl
