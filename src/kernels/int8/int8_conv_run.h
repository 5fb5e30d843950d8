// The driver of int8_conv.h, in the namespace POACL_SIMD of the including unit, which has defined
// there
//   Int8TileFn find_tile(params, rows, pixels, blocks)   the register tile of such a size
//   pad_plain(params, src, dst, begin, end)              as pad_blocks, for a plain image
//   copy_numbers(params, dst, src, count)                numbers as the copy has them
//   fill_numbers(params, dst, count)                     as many times the zero point
#pragma once

#include "kernels/int8/int8_bytes.h"
#include "kernels/int8/int8_conv.h"

namespace poacl::POACL_SIMD {
namespace {

// Rows [begin, end) of one padded plane of 16 channels.
void pad_blocks(const Int8ConvParams& p, const uint8_t* src, uint8_t* dst, int64_t begin,
                int64_t end) {
  const int64_t dst_row = p.pad_w * p.pixel;
  const int64_t left = p.pad_left;
  for (int64_t y = begin; y < end; ++y) {
    uint8_t* row = dst + y * dst_row;
    const int64_t from = y - p.pad_top;
    if (from < 0 || from >= p.src_h) {
      fill_numbers(p, row, p.pad_w * 16);
      continue;
    }
    fill_numbers(p, row, left * 16);
    copy_numbers(p, row + left * p.pixel, src + from * p.src_w * 16, p.src_w * 16);
    fill_numbers(p, row + (left + p.src_w) * p.pixel, (p.pad_w - left - p.src_w) * 16);
  }
}

const uint8_t* padded_image(const Int8ConvParams& p, const KernelArgs& args) {
  constexpr int64_t kRows = 16;
  const auto* image = static_cast<const uint8_t*>(args.inputs[0]);
  if (p.pad_planes == 0) return image;
  auto* padded = reinterpret_cast<uint8_t*>(args.scratch);
  const int64_t from = p.src_h * p.src_w * (p.src_channels == 0 ? 1 : p.src_channels);
  const int64_t bands = (p.pad_h + kRows - 1) / kRows;
  (*args.parallel)(p.pad_planes * bands, [&](int64_t chunk, int) {
    const int64_t plane = chunk / bands;
    const int64_t begin = chunk % bands * kRows;
    const int64_t end = least(begin + kRows, p.pad_h);
    uint8_t* to = padded + plane * p.pad_h * p.pad_w * p.pixel;
    if (p.src_channels != 0) {
      pad_plain(p, image + plane * from, to, begin, end);
    } else {
      pad_blocks(p, image + plane * from * 16, to, begin, end);
    }
  });
  return padded;
}

struct Run {
  const Int8ConvParams& p;
  const uint8_t* image;
  const int8_t* weights;
  const int32_t* bias;
  const float* scale;
  const uint8_t* residual;
  uint8_t* out;
  int64_t element;  // bytes of a result
  Int8TileFn full;
};

// Bytes from the weights in use to those that are fetched.
constexpr int64_t kAhead = 4096;

// Which of `count` tiles that use the same blocks fetches which part of the next blocks' weights:
// the first one, two or four an equal part each.
struct Turn {
  int64_t number, count;
};

// Output tile number `number` of image `n`, for the blocks [first, last) of a group.
void run_tile(const Run& r, int64_t n, int64_t group, int64_t number, int64_t first, int64_t last,
              Turn turn) {
  const Int8ConvParams& p = r.p;
  const int64_t col_tiles = (p.cols + p.col_tile - 1) / p.col_tile;
  const int64_t row = number / col_tiles * p.row_tile;
  const int64_t col = number % col_tiles * p.col_tile;
  const int64_t rows = least(p.row_tile, p.rows - row);
  const int64_t cols = least(p.col_tile, p.cols - col);
  const uint8_t* in =
      r.image + n * p.image_stride + group * p.group_stride + row * p.row_step + col * p.col_step;
  for (int64_t b = first; b < last;) {
    const int64_t width = least(p.block_tile, last - b);
    const bool whole = rows == p.row_tile && cols == p.col_tile && width == p.block_tile;
    const Int8TileFn tile = whole ? r.full : find_tile(p, rows, cols, width);
    const int64_t block = group * p.blocks + b;
    const int64_t at = n * p.out_image + block * p.out_block + row * p.out_row + col * p.out_col;
    const int64_t channels = b + width == p.blocks ? p.tail : 16;
    const int64_t bytes = p.block_words() * 64;
    const int8_t* weights = r.weights + block * bytes;
    Int8Tile t = {p, channels, weights + kAhead, width * 64};
    if (p.blocks_outside) {
      const int64_t parts = turn.count >= 4 ? 4 : turn.count >= 2 ? 2 : 1;
      t.ahead = weights + width * bytes + turn.number % parts * width * bytes / parts;
      t.ahead_step = turn.number < parts ? width * 64 / parts : 0;
    }
    tile(t, in, weights, r.bias + block * 16, r.scale + block * 16,
         r.residual == nullptr ? nullptr : r.residual + at, r.out + at * r.element);
    b += width;
  }
}

void int8_conv_run(const KernelArgs& args) {
  const auto& p = args.get_params<Int8ConvParams>();
  const auto* packed = static_cast<const std::byte*>(args.inputs[1]);
  const auto* bias = reinterpret_cast<const int32_t*>(packed + p.weight_bytes);
  const bool bytes = p.finish.kind == QuantKind::kInt8 || p.finish.kind == QuantKind::kUint8;
  const Run r = {p,
                 padded_image(p, args),
                 reinterpret_cast<const int8_t*>(packed),
                 bias,
                 reinterpret_cast<const float*>(bias + p.all_blocks() * 16),
                 p.finish.has_residual ? static_cast<const uint8_t*>(args.inputs[7]) : nullptr,
                 static_cast<uint8_t*>(args.outputs[0]),
                 bytes ? 1 : 4,
                 find_tile(p, p.row_tile, p.col_tile, p.block_tile)};
  const int64_t tiles =
      (p.rows + p.row_tile - 1) / p.row_tile * ((p.cols + p.col_tile - 1) / p.col_tile);
  const int64_t tile_chunks = (tiles + p.tile_chunk - 1) / p.tile_chunk;
  const int64_t block_chunks = (p.blocks + p.block_chunk - 1) / p.block_chunk;
  // Neighbouring chunks share their weights.
  (*args.parallel)(p.groups * block_chunks * p.batch * tile_chunks, [&](int64_t chunk, int) {
    const int64_t begin = chunk % tile_chunks * p.tile_chunk;
    const int64_t n = chunk / tile_chunks % p.batch;
    const int64_t blocks = chunk / tile_chunks / p.batch;
    const int64_t first = blocks % block_chunks * p.block_chunk;
    const int64_t last = least(first + p.block_chunk, p.blocks);
    const int64_t end = least(begin + p.tile_chunk, tiles);
    const int64_t group = blocks / block_chunks;
    if (p.blocks_outside) {
      for (int64_t b = first; b < last; b += p.block_tile) {
        const int64_t next = least(b + p.block_tile, last);
        for (int64_t t = begin; t < end; ++t) {
          run_tile(r, n, group, t, b, next, {t - begin, end - begin});
        }
      }
    } else {
      for (int64_t t = begin; t < end; ++t) run_tile(r, n, group, t, first, last, {});
    }
  });
}

}  // namespace
}  // namespace poacl::POACL_SIMD
