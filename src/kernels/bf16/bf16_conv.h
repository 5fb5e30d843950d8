// Direct convolution that multiplies in bfloat16 and sums in float: channel blocks of
// Layout::kBlocked16Bf16 (1x1 included, which is then a plain matrix product), and plain float
// images of few channels into such blocks.
#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace poacl {

// As ConvDirectParams, but in elements of bfloat16, two neighbouring ones (a word) at a time. The
// kernel sums over `slices` x taps_h x taps_w x words. Blocked: slice = channel block, words =
// pairs of channels. Plain: slice = channel, taps_w = 1, words = pairs of filter columns.
struct Bf16ConvParams {
  // Image as the kernel reads it, after padding.
  int64_t batch;
  int64_t image_stride;  // one image of the batch
  int64_t group_stride;  // input of one group
  int64_t slice_stride;
  int64_t row_step;  // one output row further
  int64_t col_step;  // one output column further
  int64_t tap_row_step;
  int64_t tap_col_step;
  int64_t slices, taps_h, taps_w;
  int64_t words, last_words;

  // Output: `blocks` channel blocks per group of rows x cols pixels.
  int64_t groups, blocks, rows, cols;
  int64_t col_tile;                 // columns of one register tile
  int64_t row_tile;                 // rows of it: 1 or 2
  int64_t block_chunk, tile_chunk;  // work of one chunk; block_chunk is even or covers all
  bool by_blocks;                   // all tiles of a pair of blocks, then the next pair
  int64_t tail;                     // channels in the last block
  bool special;  // the result wants more than a clamp: `activation`, or zeros in padding channels

  // The copy of the image with its padding; pad_planes = 0 when run() reads the input itself.
  int64_t pad_planes;  // channel blocks or channels of the whole batch
  int64_t pad_h, pad_w, src_h, src_w, pad_top, pad_left;
  int64_t pad_band;  // rows of one chunk of copying
  bool plain;        // the image is plain and float: copying converts it

  bool has_bias, has_residual;
  float low, high;        // clamp of the result
  Activation activation;  // kNone when the clamp is all
};

extern const KernelImpl kConv2dDirectBf16;

POACL_X86 void bf16_conv_run(const KernelArgs& args);

}  // namespace poacl
