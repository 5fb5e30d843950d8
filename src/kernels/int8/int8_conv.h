// Convolutions of eight-bit numbers by packed constant weights: a register-tiled kernel on blocks
// of 16 channels.
#pragma once

#include <cstdint>

#include "kernels/kernel.h"
#include "kernels/qlinear/quant_result.h"

namespace poacl {

// How sums become results; the numbers per channel stand in the packed weights.
struct Int8Finish {
  QuantKind kind;
  int32_t offset, low, high;  // of the eight-bit number
  bool has_residual, residual_first;
  QuantAddParams sum;  // of it and the residual; as in QuantResultParams
};

// The kernel sums over slices x taps_h x taps_w x words: `words` neighbouring groups of channels at
// a time, four bytes each: four channels, or two where the copy has 16 bits for each, made
// unsigned. All steps in bytes. Plain images of few channels may be copied without gaps between the
// pixels (`dense`): then a word is any four neighbouring bytes of a window's row.
struct Int8ConvParams {
  // Image as the kernel reads it, after padding.
  int64_t batch;
  int64_t image_stride, group_stride, slice_stride;
  int64_t row_step, col_step;  // one output row, one output column further
  int64_t tap_row_step, tap_col_step;
  int64_t slices, taps_h, taps_w;
  int64_t words, last_words;  // of a slice, of the last one
  uint32_t flip;              // makes the input's bytes unsigned

  // Output: `blocks` blocks of 16 channels per group, of rows x cols pixels; steps in elements.
  int64_t groups, blocks, rows, cols;
  int64_t out_image, out_block, out_row, out_col;
  int64_t tail;                            // channels of the last block
  int64_t col_tile, row_tile, block_tile;  // of a register tile; one row or two
  int64_t block_chunk, tile_chunk;  // work of one chunk; block_chunk is a multiple of block_tile
  bool blocks_outside;              // a chunk does all its pixels for some blocks, then the next

  // The copy of the image with its padding; pad_planes = 0 when run() reads the input itself.
  int64_t pad_planes;
  int64_t pad_h, pad_w, src_h, src_w, pad_top, pad_left;
  int64_t pixel;  // bytes per pixel of the copy: of 16 numbers; plain images: of 4 or all
  bool dense;
  int64_t src_channels;  // planes of a plain image; 0: the image comes in blocks
  uint8_t x_zero;

  Int8Finish finish;
  // Packed: weights, then biases, then scales, each for all blocks.
  int64_t weight_bytes;

  int64_t all_blocks() const { return groups * blocks; }
  int64_t block_words() const { return ((slices - 1) * words + last_words) * taps_h * taps_w; }
};

// What a tile of an instruction set is.
struct Int8Machine {
  bool vnni;
  int64_t pixels, blocks;
  int64_t number;  // bytes of a number of the copy and of a weight
};

// Reads scale, offset and clips of a QuantConv2D or QuantBatchMatmul, which must be constants.
Status read_int8_finish(const OpInstance& op, int64_t channels, Int8Finish* finish);
// Declines where scaled sums, or those with the residual, could be beyond int32: then they need no
// bounds before they are rounded.
Status require_unclipped(const OpInstance& op, const Int8Finish& finish);
// Declines unless operand `input`, where there is one, is a constant.
Status require_constant(const OpInstance& op, size_t input, const char* what);
// Declines unless the filter is int8 with zero points of 0.
Status require_int8_weights(const OpInstance& op);
// The zero point of x.
int32_t int8_x_zero(const OpInstance& op);
// Biases with the input's zero point taken into account, and scales of `channels` channels, to
// `blocks` x 16 numbers each; weight_sums[c] is the sum of all weights of channel c.
void pack_int8_epilogue(const OpInstance& op, const Int8Finish& finish, int32_t x_zero,
                        const std::vector<int32_t>& weight_sums, int64_t group_channels,
                        int64_t group_blocks, std::byte* dst);

// One register tile: of how many channels its last block is, the layer, and weights that are wanted
// soon: the address for the tile's first word and the bytes to that for the next.
struct Int8Tile {
  const Int8ConvParams& p;
  int64_t channels;
  const int8_t* ahead;
  int64_t ahead_step;
};
// `residual` may be null; it has the output's steps.
using Int8TileFn = void (*)(const Int8Tile& tile, const uint8_t* in, const int8_t* weights,
                            const int32_t* bias, const float* scale, const uint8_t* residual,
                            void* out);

inline constexpr Int8Machine kInt8Vnni = {true, 14, 2, 1};
inline constexpr Int8Machine kInt8Avx2 = {false, 6, 1, 2};
inline constexpr Int8Machine kInt8Generic = {false, 3, 1, 2};
// Declines where the CPU lacks what the machine needs.
Status require_machine(const Int8Machine& machine);

POACL_X86 void int8_conv_run_vnni(const KernelArgs& args);
POACL_X86 void int8_conv_run_avx2(const KernelArgs& args);
void int8_conv_run_generic(const KernelArgs& args);

extern const KernelImpl kInt8StemVnni, kInt8ConvVnni, kInt8ConvAvx2, kInt8ConvGeneric;

}  // namespace poacl
