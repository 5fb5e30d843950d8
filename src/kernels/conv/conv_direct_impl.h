// The driver of conv_direct.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/conv/conv_direct.h"
#include "kernels/conv/conv_tile.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

POACL_INLINE int64_t conv_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

// One channel block (or plain channel) of one image with its padding.
static void pad_plane(const ConvDirectParams& p, const float* src, float* dst) {
  const int64_t src_row = p.src_w * p.pixel;
  const int64_t dst_row = p.pad_w * p.pixel;
  const auto zero = [](float* at, int64_t count) {
    __builtin_memset(at, 0, static_cast<size_t>(count) * sizeof(float));
  };
  zero(dst, p.pad_top * dst_row);
  const int64_t left = p.pad_left * p.pixel;
  for (int64_t y = 0; y < p.src_h; ++y) {
    float* row = dst + (p.pad_top + y) * dst_row;
    zero(row, left);
    __builtin_memcpy(row + left, src + y * src_row, static_cast<size_t>(src_row) * sizeof(float));
    zero(row + left + src_row, dst_row - left - src_row);
  }
  const int64_t done = p.pad_top + p.src_h;
  zero(dst + done * dst_row, (p.pad_h - done) * dst_row);
}

// What clamping in the tile leaves to do on its output: other activations, zero padding channels.
static void finish_tile(const ConvDirectParams& p, float* out, int64_t rows, int64_t cols,
                        int64_t row_step, bool clear) {
  for (int64_t r = 0; r < rows; ++r, out += row_step) {
    if (p.activation.kind != ActivationKind::kNone) {
      activate_vectors(out, cols, p.activation.kind, p.activation.alpha, p.activation.beta);
    }
    if (!clear) continue;
    for (int64_t q = 0; q < cols; ++q) {
      for (int64_t c = p.tail; c < kLanes; ++c) out[q * kLanes + c] = 0.0f;
    }
  }
}

struct ConvDirectRun {
  const ConvDirectParams& p;
  ConvTile tile;
  const float* image;
  const float* weights;
  const float* bias;
  const float* residual;
  float* out;
  ConvTileFn full[2];  // one block, two blocks, of the full tile
};

static ConvTileFn find_tile(const ConvDirectParams& p, int64_t cols, int64_t rows, bool pair) {
  if (p.skip) return find_conv_skip_tile(cols, pair);
  const ConvFetch fetch = p.fetch_image     ? ConvFetch::kImage
                          : p.fetch_weights ? ConvFetch::kWeights
                                            : ConvFetch::kNone;
  return find_conv_tile(cols, rows, pair, p.col_step, fetch);
}

// Leaves out the filter's rows that output row `row` has outside the image. Returns how far the
// first tap's cell is from where it would be if there were no padding.
static int64_t skip_taps(const ConvDirectParams& p, int64_t row, ConvTile* tile) {
  const int64_t first = row * p.out_rows - p.missing_rows;
  const int64_t begin = conv_min(first >= 0 ? 0 : (p.tap_rows - 1 - first) / p.tap_rows, p.taps_h);
  int64_t end = first >= p.src_h ? 0 : (p.src_h - first + p.tap_rows - 1) / p.tap_rows;
  end = conv_min(end, p.taps_h);
  if (end < begin) end = begin;
  tile->taps_h = end - begin;
  tile->skip_before = begin * p.filter_cols + p.first_col_tap;
  tile->skip_row = p.filter_cols - p.taps_w;
  tile->skip_after = (p.taps_h - end) * p.filter_cols - p.first_col_tap;
  return begin * p.tap_row_step + p.origin - p.missing_rows * (p.row_step / p.out_rows);
}

// Output tile number `t` of the image, for the blocks [first, last) of a group. The blocks that
// this worker will probably compute next are `next` blocks further.
static void run_tile(const ConvDirectRun& r, int64_t n, int64_t group, int64_t t, int64_t first,
                     int64_t last, int64_t next) {
  const ConvDirectParams& p = r.p;
  const int64_t col_tiles = (p.cols + p.col_tile - 1) / p.col_tile;
  const int64_t row = t / col_tiles * p.row_tile;
  const int64_t col = t % col_tiles * p.col_tile;
  const int64_t rows = conv_min(p.row_tile, p.rows - row);
  const int64_t cols = conv_min(p.col_tile, p.cols - col);
  const bool whole = rows == p.row_tile && cols == p.col_tile;
  const ConvTileFn single = whole ? r.full[0] : find_tile(p, cols, rows, false);
  const ConvTileFn pair = whole ? r.full[1] : find_tile(p, cols, rows, true);

  const float* in =
      r.image + n * p.image_stride + group * p.group_stride + row * p.row_step + col * p.col_step;
  ConvTile tile = r.tile;
  tile.next_tile = ((t + 1) / col_tiles * p.row_tile - row) * p.row_step +
                   ((t + 1) % col_tiles * p.col_tile - col) * p.col_step;
  if ((t + 1) / col_tiles * p.row_tile >= p.rows) {
    tile.next_tile = p.image_stride - row * p.row_step - col * p.col_step;
  }
  if (p.skip) in += skip_taps(p, row, &tile);
  const int64_t block_weights =
      ((p.slices - 1) * p.depth + p.last_depth) * p.taps_h * p.filter_cols * kLanes;
  const int64_t tiles = (p.rows + p.row_tile - 1) / p.row_tile * col_tiles;
  const bool finish = p.clear_tail || p.activation.kind != ActivationKind::kNone;
  for (int64_t b = first; b < last;) {
    const int64_t width = b + 2 <= last ? 2 : 1;
    const int64_t block = group * p.blocks + b;
    tile.ahead = r.weights + block * block_weights;
    tile.ahead_step = 0;
    if (p.fetch_weights && block + next >= 0 && block + next < p.groups * p.blocks) {
      // Each tile fetches its part.
      tile.ahead += next * block_weights + t * (width * block_weights / tiles);
      tile.ahead_step = (width * kLanes + tiles - 1) / tiles;
    }
    const int64_t at =
        ((n * p.groups * p.blocks + block) * p.rows + row) * p.cols * kLanes + col * kLanes;
    (width == 2 ? pair : single)(tile, in, r.weights + block * block_weights,
                                 r.bias == nullptr ? nullptr : r.bias + block * kLanes,
                                 r.residual == nullptr ? nullptr : r.residual + at, r.out + at);
    for (int64_t g = 0; finish && g < width; ++g) {
      const bool clear = p.clear_tail && block + g + 1 == p.groups * p.blocks;
      finish_tile(p, r.out + at + g * r.tile.out_block_step, rows, cols, r.tile.out_row_step,
                  clear);
    }
    b += width;
  }
}

static void conv_direct_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ConvDirectParams*>(args.params);
  const auto* image = static_cast<const float*>(args.inputs[0]);
  if (p.pad_planes != 0) {
    auto* padded = reinterpret_cast<float*>(args.scratch);
    const int64_t from = p.src_h * p.src_w * p.pixel;
    const int64_t to = p.pad_h * p.pad_w * p.pixel;
    (*args.parallel)(p.pad_planes, [&](int64_t plane, int) {
      pad_plane(p, image + plane * from, padded + plane * to);
    });
    image = padded;
  }
  const ConvDirectRun r = {
      p,
      {p.slices, p.taps_h, p.taps_w, p.depth, p.last_depth, p.slice_stride, p.tap_row_step,
       p.tap_col_step, p.row_step, p.col_step, p.cols * kLanes, p.rows * p.cols * kLanes, p.low,
       p.high},
      image,
      static_cast<const float*>(args.inputs[1]),
      p.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr,
      p.has_residual ? static_cast<const float*>(args.inputs[3]) : nullptr,
      static_cast<float*>(args.outputs[0]),
      {find_tile(p, p.col_tile, p.row_tile, false), find_tile(p, p.col_tile, p.row_tile, true)}};

  const int64_t tiles =
      (p.rows + p.row_tile - 1) / p.row_tile * ((p.cols + p.col_tile - 1) / p.col_tile);
  const int64_t tile_chunks = (tiles + p.tile_chunk - 1) / p.tile_chunk;
  const int64_t block_chunks = (p.blocks + p.block_chunk - 1) / p.block_chunk;
  const int64_t all_blocks = p.groups * block_chunks;
  (*args.parallel)(all_blocks * p.batch * tile_chunks, [&](int64_t chunk, int worker) {
    const int64_t tile_begin = chunk % tile_chunks * p.tile_chunk;
    const int64_t rest = chunk / tile_chunks;
    const int64_t n = p.images_first ? rest / all_blocks : rest % p.batch;
    const int64_t blocks = p.images_first ? rest % all_blocks : rest / p.batch;
    const int64_t first = blocks % block_chunks * p.block_chunk;
    const int64_t last = conv_min(first + p.block_chunk, p.blocks);
    const int64_t tile_end = conv_min(tile_begin + p.tile_chunk, tiles);
    for (int64_t t = tile_begin; t < tile_end; ++t) {
      run_tile(r, n, blocks / block_chunks, t, first, last,
               worker % 2 == 0 ? p.block_chunk : -p.block_chunk);
    }
  });
}

}  // namespace poacl::POACL_SIMD
