// The driver of bf16_conv.h.
#include "kernels/bf16/bf16_vec.h"
// The vector header comes first: the tile is written in its terms.
#include "kernels/bf16/bf16_conv.h"
#include "kernels/bf16/bf16_conv_tile.h"

namespace poacl {
namespace bf16 {
namespace {

// A row of floats as bfloat16.
void round_row(const float* src, int64_t count, uint16_t* dst) {
  int64_t i = 0;
  for (; i + 32 <= count; i += 32) store_two(dst + i, vload(src + i), vload(src + i + 16));
  for (; i < count; i += 16) {
    const __mmask16 mask = first_lanes(count - i);
    const __m256i v = (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, src + i));
    _mm256_mask_storeu_epi16(dst + i, mask, v);
  }
}

// Rows [begin, end) of the padded image of one channel block (or plain channel).
void pad_rows(const Bf16ConvParams& p, const void* src, int64_t begin, int64_t end, uint16_t* dst) {
  const int64_t pixel = p.plain ? 1 : 16;
  const int64_t src_row = p.src_w * pixel;
  const int64_t dst_row = p.pad_w * pixel;
  const int64_t left = p.pad_left * pixel;
  const auto zero = [](uint16_t* at, int64_t count) {
    __builtin_memset(at, 0, static_cast<size_t>(count) * sizeof(uint16_t));
  };
  for (int64_t y = begin; y < end; ++y) {
    uint16_t* row = dst + y * dst_row;
    const int64_t from = y - p.pad_top;
    if (from < 0 || from >= p.src_h) {
      zero(row, dst_row);
      continue;
    }
    zero(row, left);
    if (p.plain) {
      round_row(static_cast<const float*>(src) + from * src_row, src_row, row + left);
    } else {
      __builtin_memcpy(row + left, static_cast<const uint16_t*>(src) + from * src_row,
                       static_cast<size_t>(src_row) * sizeof(uint16_t));
    }
    zero(row + left + src_row, dst_row - left - src_row);
  }
}

void pad_image(const Bf16ConvParams& p, const KernelArgs& args, uint16_t* padded) {
  const int64_t pixel = p.plain ? 1 : 16;
  const int64_t from = p.src_h * p.src_w * pixel * (p.plain ? 4 : 2);
  const auto* src = static_cast<const std::byte*>(args.inputs[0]);
  const int64_t bands = (p.pad_h + p.pad_band - 1) / p.pad_band;
  (*args.parallel)(p.pad_planes * bands, [&](int64_t chunk, int) {
    const int64_t plane = chunk / bands;
    const int64_t begin = chunk % bands * p.pad_band;
    pad_rows(p, src + plane * from, begin, least(begin + p.pad_band, p.pad_h),
             padded + plane * p.pad_h * p.pad_w * pixel);
  });
}

struct Run {
  const Bf16ConvParams& p;
  Steps steps;
  Target target;
  const uint16_t* image;
  const uint16_t* weights;
  const float* bias;
  const uint16_t* residual;
  uint16_t* out;
  TileFn full[2];  // one block, two blocks, of the full tile
};

// One register tile of the output image.
struct Place {
  const uint16_t* in;
  int64_t out;     // of its first pixel in the first block of the group
  int64_t first;   // first block of the group, counted over the whole output
  TileFn tile[2];  // one block, two blocks
};

Place place_of(const Run& r, int64_t n, int64_t group, int64_t t) {
  const Bf16ConvParams& p = r.p;
  const int64_t col_tiles = (p.cols + p.col_tile - 1) / p.col_tile;
  const int64_t row = t / col_tiles * p.row_tile;
  const int64_t col = t % col_tiles * p.col_tile;
  const int64_t rows = least(p.row_tile, p.rows - row);
  const int64_t cols = least(p.col_tile, p.cols - col);
  const bool whole = rows == p.row_tile && cols == p.col_tile;
  Place place;
  place.in =
      r.image + n * p.image_stride + group * p.group_stride + row * p.row_step + col * p.col_step;
  place.first = group * p.blocks;
  place.out = ((n * p.groups * p.blocks + place.first) * p.rows + row) * p.cols * 16 + col * 16;
  for (int pair = 0; pair < 2; ++pair) {
    place.tile[pair] = whole ? r.full[pair] : find_tile(cols, rows, pair == 1, p.col_step);
  }
  return place;
}

// Blocks [b, b + width) of the group.
POACL_INLINE void run_tile(const Run& r, const Place& place, int64_t b, int64_t width,
                           const uint16_t* weights, Ahead ahead) {
  const Bf16ConvParams& p = r.p;
  const int64_t block = place.first + b;
  const int64_t at = place.out + b * r.target.block_step;
  const bool ends = block + width == p.groups * p.blocks;
  place.tile[width - 1](r.steps, r.target, place.in, weights, ahead,
                        r.bias == nullptr ? nullptr : r.bias + block * 16,
                        r.residual == nullptr ? nullptr : r.residual + at, ends ? p.tail : 16,
                        r.out + at);
}

// What one chunk computes.
struct Work {
  int64_t n, group;
  int64_t tile_begin, tile_end;
  int64_t first, last;  // blocks of the group
};

// The filters of all blocks stay in the second cache.
void run_by_tiles(const Run& r, const Work& work, int64_t block_weights) {
  for (int64_t t = work.tile_begin; t < work.tile_end; ++t) {
    const Place place = place_of(r, work.n, work.group, t);
    for (int64_t b = work.first; b < work.last; b += 2) {
      const int64_t width = least(2, work.last - b);
      const uint16_t* weights = r.weights + (place.first + b) * block_weights;
      run_tile(r, place, b, width, weights, {weights + kAhead, width * 32});
    }
  }
}

// The image stays there; meanwhile the next filters are fetched, a part by every tile.
void run_by_blocks(const Run& r, const Work& work, int64_t block_weights) {
  const int64_t tiles = work.tile_end - work.tile_begin;
  for (int64_t b = work.first; b < work.last; b += 2) {
    const int64_t width = least(2, work.last - b);
    const uint16_t* weights = r.weights + (work.group * r.p.blocks + b) * block_weights;
    Ahead ahead = {weights + width * block_weights, (width * 32 + tiles - 1) / tiles};
    for (int64_t t = work.tile_begin; t < work.tile_end; ++t) {
      run_tile(r, place_of(r, work.n, work.group, t), b, width, weights, ahead);
      ahead.at += block_weights / 32 * ahead.step;
    }
  }
}

void run(const KernelArgs& args) {
  const auto& p = *static_cast<const Bf16ConvParams*>(args.params);
  const auto* image = static_cast<const uint16_t*>(args.inputs[0]);
  if (p.pad_planes != 0) {
    auto* padded = reinterpret_cast<uint16_t*>(args.scratch);
    pad_image(p, args, padded);
    image = padded;
  }
  const Run r = {
      p,
      {p.slices, p.taps_h, p.taps_w, p.words, p.last_words, p.slice_stride, p.tap_row_step,
       p.tap_col_step, p.row_step, p.col_step},
      {p.cols * 16, p.rows * p.cols * 16, {vset1(p.low), vset1(p.high), p.special, p.activation}},
      image,
      static_cast<const uint16_t*>(args.inputs[1]),
      p.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr,
      p.has_residual ? static_cast<const uint16_t*>(args.inputs[3]) : nullptr,
      static_cast<uint16_t*>(args.outputs[0]),
      {find_tile(p.col_tile, p.row_tile, false, p.col_step),
       find_tile(p.col_tile, p.row_tile, true, p.col_step)}};

  const int64_t tiles =
      (p.rows + p.row_tile - 1) / p.row_tile * ((p.cols + p.col_tile - 1) / p.col_tile);
  const int64_t tile_chunks = (tiles + p.tile_chunk - 1) / p.tile_chunk;
  const int64_t block_chunks = (p.blocks + p.block_chunk - 1) / p.block_chunk;
  const int64_t block_weights =
      ((p.slices - 1) * p.words + p.last_words) * p.taps_h * p.taps_w * 32;
  // Neighbouring chunks share their weights.
  (*args.parallel)(p.groups * block_chunks * p.batch * tile_chunks, [&](int64_t chunk, int) {
    const int64_t blocks = chunk / tile_chunks / p.batch;
    Work work;
    work.n = chunk / tile_chunks % p.batch;
    work.group = blocks / block_chunks;
    work.tile_begin = chunk % tile_chunks * p.tile_chunk;
    work.tile_end = least(work.tile_begin + p.tile_chunk, tiles);
    work.first = blocks % block_chunks * p.block_chunk;
    work.last = least(work.first + p.block_chunk, p.blocks);
    p.by_blocks ? run_by_blocks(r, work, block_weights) : run_by_tiles(r, work, block_weights);
  });
}

}  // namespace
}  // namespace bf16

void bf16_conv_run(const KernelArgs& args) {
  bf16::run(args);
}

}  // namespace poacl
