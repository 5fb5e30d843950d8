// Direct convolution on channel blocks (1x1 included, which is then a plain matrix product), and
// of plain images of few channels into channel blocks: one register-tiled kernel for all.
#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace poacl {

// A tensor in blocks of B channels has B neighbouring floats per pixel and `area` pixels per
// block. The kernel sums over `slices` x taps_h x taps_w x depth: depth neighbouring floats of the
// image at a time. Blocked: slice = channel block, depth = channels of it. Plain: slice = channel,
// taps_w = 1 and depth = filter width.
struct ConvDirectParams {
  // Image as the kernel reads it, after padding, in floats.
  int64_t batch;
  int64_t image_stride;  // one image of the batch
  int64_t group_stride;  // input of one group
  int64_t slice_stride;
  int64_t row_step;  // one output row further
  int64_t col_step;  // one output column further
  int64_t tap_row_step;
  int64_t tap_col_step;
  int64_t slices, taps_h, taps_w;
  int64_t depth, last_depth;

  // Output: `blocks` channel blocks per group of rows x cols pixels.
  int64_t groups, blocks, rows, cols;
  int64_t col_tile;                 // columns of one register tile
  int64_t row_tile;                 // rows of it: 1 or 2
  int64_t block_chunk, tile_chunk;  // work of one chunk; block_chunk is even or covers all
  bool images_first;                // chunks next to each other share an image, otherwise weights
  bool clear_tail;  // activation(0) is not 0: the padding channels must be set to zero
  int64_t tail;     // channels in the last block

  // The copy of the image with its padding; pad_planes = 0 when run() reads the input itself.
  int64_t pad_planes;  // channel blocks or channels of the whole batch
  int64_t pad_h, pad_w, src_h, src_w, pad_top, pad_left;
  int64_t pixel;  // floats per pixel

  int64_t filter_cols;  // taps of a packed filter's row; taps_w unless some are left out
  // Taps that fall outside the image are left out: filter columns that no output needs, and for
  // each output row the filter rows. Then the image's copy has no padding rows.
  bool skip;
  int64_t first_col_tap;       // filter columns [first_col_tap, first_col_tap + taps_w) are used
  int64_t origin;              // floats to the first used tap's cell of an output row's first pixel
  int64_t missing_rows;        // padding rows above the image
  int64_t tap_rows, out_rows;  // image rows between taps, between outputs

  // What tiles fetch while computing, see conv_tile.h: the image of the tile that follows, and
  // weights of the next chunk.
  bool fetch_image, fetch_weights;
  bool has_bias, has_residual;
  float low, high;        // clamp of the result
  Activation activation;  // kNone when the clamp is all
};

POACL_X86 void conv_direct_run_avx512(const KernelArgs& args);
POACL_X86 void conv_direct_run_avx2(const KernelArgs& args);
void conv_direct_run_generic(const KernelArgs& args);

}  // namespace poacl
