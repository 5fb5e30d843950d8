// The code of conv_winograd.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/conv/conv_tile.h"
#include "kernels/conv/conv_winograd.h"
#include "kernels/conv/winograd_transform.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

POACL_INLINE int64_t winograd_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

struct WinogradRun {
  const ConvWinogradParams& p;
  const float* in;
  const float* filter;
  const float* bias;
  const float* residual;
  float* out;
};

// Tiles [begin, end) of the batch, with the memory of their transforms:
// v [matrix][input block][tile][channel], product [matrix][output block][tile][channel].
struct WinogradBlock {
  int64_t begin, end;
  float* v;
  float* product;
};

struct TilePlace {
  int64_t image, row, col;  // top left output pixel
};
POACL_INLINE TilePlace place_of(const ConvWinogradParams& p, int64_t tile) {
  const int64_t in_image = tile % (p.tile_rows * p.tile_cols);
  return {tile / (p.tile_rows * p.tile_cols), in_image / p.tile_cols * p.m,
          in_image % p.tile_cols * p.m};
}

template <int M>
void transform_input(const WinogradRun& r, const WinogradBlock& b, int64_t block) {
  constexpr int kPoints = M + 2;
  const ConvWinogradParams& p = r.p;
  for (int64_t tile = b.begin; tile < b.end; ++tile) {
    const TilePlace at = place_of(p, tile);
    const float* plane = r.in + (at.image * p.in_blocks + block) * p.h * p.w * kLanes;
    const int64_t y0 = at.row - p.pt;
    const int64_t x0 = at.col - p.pl;
    const bool inside = y0 >= 0 && x0 >= 0 && y0 + kPoints <= p.h && x0 + kPoints <= p.w;
    const float* corner = plane + (y0 * p.w + x0) * kLanes;
    Vec half[kPoints][kPoints];
    POACL_UNROLL
    for (int j = 0; j < kPoints; ++j) {
      Vec d[kPoints];
      Vec t[kPoints];
      POACL_UNROLL
      for (int i = 0; i < kPoints; ++i) {
        const bool valid = inside || (y0 + i >= 0 && y0 + i < p.h && x0 + j >= 0 && x0 + j < p.w);
        d[i] = valid ? vload(corner + (i * p.w + j) * kLanes) : vzero();
      }
      winograd_input<M>(d, t);
      POACL_UNROLL
      for (int i = 0; i < kPoints; ++i) half[i][j] = t[i];
    }
    float* to = b.v + (block * p.tile_block + tile - b.begin) * kLanes;
    POACL_UNROLL
    for (int i = 0; i < kPoints; ++i) {
      Vec t[kPoints];
      winograd_input<M>(half[i], t);
      POACL_UNROLL
      for (int j = 0; j < kPoints; ++j) vstore(to + (i * kPoints + j) * p.v_step, t[j]);
    }
  }
}

// Matrix `matrix` times the filters of the output blocks [first, last).
static void multiply(const WinogradRun& r, const WinogradBlock& b, int64_t matrix, int64_t first,
                     int64_t last) {
  const ConvWinogradParams& p = r.p;
  const int64_t stride = p.tile_block * kLanes;
  constexpr float kInfinity = __builtin_inff();
  const ConvTile shape = {p.in_blocks, 1, 1,      kLanes, p.last_depth, stride,     0,
                          0,           0, kLanes, 0,      stride,       -kInfinity, kInfinity};
  const int64_t channels = (p.in_blocks - 1) * kLanes + p.last_depth;
  const float* filter = r.filter + matrix * p.out_blocks * kLanes * channels;
  const float* v = b.v + matrix * p.v_step;
  float* product = b.product + matrix * p.m_step;
  const int64_t tiles = b.end - b.begin;
  for (int64_t o = first; o < last; o += 2) {
    const bool pair = o + 2 <= last;
    const float* weights = filter + o * kLanes * channels;
    for (int64_t t = 0; t < tiles; t += p.col_tile) {
      find_conv_tile(winograd_min(p.col_tile, tiles - t), 1, pair, kLanes)(
          shape, v + t * kLanes, weights, nullptr, nullptr, product + o * stride + t * kLanes);
    }
  }
}

POACL_INLINE void store_winograd(const WinogradRun& r, int64_t at, Vec v, bool clear) {
  const ConvWinogradParams& p = r.p;
  if (r.residual != nullptr) v = vadd(v, vload(r.residual + at));
  v = vat_most(vat_least(v, vset1(p.low)), vset1(p.high));
  if (p.activation.kind != ActivationKind::kNone) {
    v = vactivate(v, p.activation.kind, vset1(p.activation.alpha), vset1(p.activation.beta));
  }
  vstore(r.out + at, v);
  for (int64_t c = p.tail; clear && c < kLanes; ++c) r.out[at + c] = 0.0f;
}

template <int M>
void transform_output(const WinogradRun& r, const WinogradBlock& b, int64_t block) {
  constexpr int kPoints = M + 2;
  const ConvWinogradParams& p = r.p;
  const Vec bias = r.bias == nullptr ? vzero() : vload(r.bias + block * kLanes);
  const bool clear = p.clear_tail && block + 1 == p.out_blocks;
  for (int64_t tile = b.begin; tile < b.end; ++tile) {
    const float* from = b.product + (block * p.tile_block + tile - b.begin) * kLanes;
    Vec half[M][kPoints];
    POACL_UNROLL
    for (int j = 0; j < kPoints; ++j) {
      Vec d[kPoints];
      Vec y[M];
      POACL_UNROLL
      for (int i = 0; i < kPoints; ++i) d[i] = vload(from + (i * kPoints + j) * p.m_step);
      winograd_output<M>(d, y);
      POACL_UNROLL
      for (int i = 0; i < M; ++i) half[i][j] = y[i];
    }
    const TilePlace at = place_of(p, tile);
    const int64_t plane = (at.image * p.out_blocks + block) * p.oh * p.ow;
    const int64_t cols = p.ow - at.col;
    for (int64_t i = 0; i < M && at.row + i < p.oh; ++i) {
      Vec y[M];
      winograd_output<M>(half[i], y);
      const int64_t to = (plane + (at.row + i) * p.ow + at.col) * kLanes;
      POACL_UNROLL
      for (int j = 0; j < M; ++j) {
        if (j < cols) store_winograd(r, to + j * kLanes, vadd(y[j], bias), clear);
      }
    }
  }
}

// Every worker takes blocks of tiles through all three steps.
template <int M>
void winograd_apart(const WinogradRun& r, const KernelArgs& args) {
  const ConvWinogradParams& p = r.p;
  const int64_t tiles = p.batch * p.tile_rows * p.tile_cols;
  const int64_t blocks = (tiles + p.tile_block - 1) / p.tile_block;
  (*args.parallel)(blocks, [&](int64_t chunk, int worker) {
    float* v = reinterpret_cast<float*>(args.scratch) + worker * p.scratch_floats;
    const WinogradBlock b = {chunk * p.tile_block, winograd_min((chunk + 1) * p.tile_block, tiles),
                             v, v + (M + 2) * (M + 2) * p.v_step};
    for (int64_t c = 0; c < p.in_blocks; ++c) transform_input<M>(r, b, c);
    for (int64_t x = 0; x < (M + 2) * (M + 2); ++x) multiply(r, b, x, 0, p.out_blocks);
    for (int64_t o = 0; o < p.out_blocks; ++o) transform_output<M>(r, b, o);
  });
}

// All workers share every step of a block of tiles: few tiles under many filters, which are then
// read once.
template <int M>
void winograd_together(const WinogradRun& r, const KernelArgs& args) {
  const ConvWinogradParams& p = r.p;
  const int64_t tiles = p.batch * p.tile_rows * p.tile_cols;
  const int64_t pair_chunks = (p.out_blocks + 2 * p.pair_chunk - 1) / (2 * p.pair_chunk);
  float* v = reinterpret_cast<float*>(args.scratch);
  for (int64_t begin = 0; begin < tiles; begin += p.tile_block) {
    const WinogradBlock b = {begin, winograd_min(begin + p.tile_block, tiles), v,
                             v + (M + 2) * (M + 2) * p.v_step};
    (*args.parallel)(p.in_blocks, [&](int64_t c, int) { transform_input<M>(r, b, c); });
    (*args.parallel)((M + 2) * (M + 2) * pair_chunks, [&](int64_t chunk, int) {
      const int64_t first = chunk % pair_chunks * 2 * p.pair_chunk;
      multiply(r, b, chunk / pair_chunks, first,
               winograd_min(first + 2 * p.pair_chunk, p.out_blocks));
    });
    (*args.parallel)(p.out_blocks, [&](int64_t o, int) { transform_output<M>(r, b, o); });
  }
}

static void conv_winograd_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ConvWinogradParams*>(args.params);
  const WinogradRun r = {p,
                         static_cast<const float*>(args.inputs[0]),
                         static_cast<const float*>(args.inputs[1]),
                         p.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr,
                         p.has_residual ? static_cast<const float*>(args.inputs[3]) : nullptr,
                         static_cast<float*>(args.outputs[0])};
  if (p.m == 4) {
    p.shared ? winograd_together<4>(r, args) : winograd_apart<4>(r, args);
  } else {
    p.shared ? winograd_together<2>(r, args) : winograd_apart<2>(r, args);
  }
}

}  // namespace poacl::POACL_SIMD
