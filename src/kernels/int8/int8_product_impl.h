// The code of int8_product.h, in the namespace of the including unit's ISA. Include after
// int8_tile_<isa>.h.
#pragma once

#include "kernels/int8/int8_linear_impl.h"
#include "kernels/int8/int8_pack_impl.h"
#include "kernels/int8/int8_product.h"

namespace poacl::POACL_SIMD {
namespace {

// The second operand of product `index`, and the scales, to the worker's scratch.
void pack_product(const Int8ProductParams& p, const KernelArgs& args, int64_t index,
                  std::byte* own) {
  const Int8LinearParams& l = p.linear;
  const auto* x2 = static_cast<const uint8_t*>(args.inputs[1]);
  pack_columns({x2 + p.g.x2_matrix(index) * p.g.k * p.g.n, p.g.k, p.g.n, p.g.n,
                static_cast<uint8_t>(p.signed2 ? 0 : 0x80), p.signed2 ? p.offset2 : p.offset2 - 128,
                p.signed1 ? p.offset1 + 128 : p.offset1},
               l.group_blocks, reinterpret_cast<Weight*>(own),
               reinterpret_cast<int32_t*>(own + p.bias_at));
  if (l.finish.kind == QuantKind::kSums) return;
  const auto* scale = static_cast<const float*>(args.inputs[5]);
  auto* to = reinterpret_cast<float*>(own + p.scale_at);
  for (int64_t c = 0; c < l.blocks * 16; ++c) {
    to[c] = c >= l.columns ? 0.0f : scale[p.scale_per_column ? c : 0];
  }
}

// Rows [first, first + rows) of a product; `out` is where it begins, in elements.
void product_tile(const Int8ProductParams& p, const KernelArgs& args, const uint8_t* x,
                  int64_t first, int64_t rows, int64_t out, std::byte* own) {
  const Int8LinearParams& l = p.linear;
  const uint32_t flip = p.signed1 ? 0x80808080u : 0u;
  const int32_t offset = p.signed2 ? p.offset2 : p.offset2 - 128;
  auto* copy = reinterpret_cast<RowNumber*>(own + p.rows_at);
  int32_t totals[kMostRows];
  for (int64_t r = 0; r < rows; ++r) {
    const uint8_t* row = x + (first + r) * l.depth;
    copy_row(row, l.depth, static_cast<uint8_t>(flip), copy + r * l.words * kWord, l.words);
    totals[r] = offset == 0 ? 0 : offset * row_total(row, l.depth, static_cast<uint8_t>(flip));
  }
  alignas(64) int32_t sums[kMostRows * kMostBlocks * 16];
  for (int64_t block = 0; block < l.blocks; block += l.group_blocks) {
    const int64_t blocks = least(l.group_blocks, l.blocks - block);
    const int64_t width = blocks * 16;
    linear_tile(rows, blocks, copy, l.words * 4,
                reinterpret_cast<const Weight*>(own) + block * l.words * 16 * kWord, l.words, flip,
                reinterpret_cast<const int32_t*>(own + p.bias_at) + block * 16, sums);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < width; ++c) sums[r * width + c] -= totals[r];
    }
    const float* scale = reinterpret_cast<const float*>(own + p.scale_at) + block * 16;
    for (int64_t at = 0; at < width && block * 16 + at < l.columns; at += kLanes) {
      const LinearColumn c = {vload(scale + at), vzero(),
                              least(kLanes, l.columns - block * 16 - at)};
      finish_plain(l, c, sums + at, width, rows, args.outputs[0],
                   out + first * l.columns + block * 16 + at);
    }
  }
}

void product_run(const KernelArgs& args) {
  const auto& p = *static_cast<const Int8ProductParams*>(args.params);
  const Int8LinearParams& l = p.linear;
  (*args.parallel)(p.g.batch * p.pieces, [&](int64_t job, int worker) {
    const int64_t index = job / p.pieces;
    std::byte* own = args.scratch + worker * p.worker_bytes;
    pack_product(p, args, index, own);
    const auto* x =
        static_cast<const uint8_t*>(args.inputs[0]) + p.g.x1_matrix(index) * p.g.m * p.g.k;
    const int64_t begin = job % p.pieces * p.piece;
    const int64_t count = least(p.piece, p.g.m - begin);
    const int64_t tiles = (count + l.tile - 1) / l.tile;
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t first = begin + t * count / tiles;
      const int64_t rows = begin + (t + 1) * count / tiles - first;
      product_tile(p, args, x, first, rows, index * p.g.m * p.g.n, own);
    }
  });
}

}  // namespace
}  // namespace poacl::POACL_SIMD
