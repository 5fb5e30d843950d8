// The register tile of convolution: R rows of Q output pixels times G channel blocks, summed over
// the whole filter. Include after vec_<isa>.h.
#pragma once

#include <cstdint>

namespace poacl::POACL_SIMD {

// Steps of one layer, in floats.
struct ConvTile {
  int64_t slices, taps_h, taps_w, depth, last_depth;
  int64_t slice_stride, tap_row_step, tap_col_step;
  int64_t row_step, col_step;
  int64_t out_row_step, out_block_step;
  float low, high;
  int64_t next_tile = 0;  // from this tile's image to that of the tile that follows
  // Weights that are wanted soon, for this tile's first step, and from step to step.
  const float* ahead = nullptr;
  int64_t ahead_step = 0;
  // Of tiles that skip: taps left out in front and after each slice's taps_h rows, and columns.
  int64_t skip_before = 0, skip_after = 0, skip_row = 0;
};

// `bias` and `residual` may be null; residual has the output's steps.
using ConvTileFn = void (*)(const ConvTile& t, const float* in, const float* weights,
                            const float* bias, const float* residual, float* out);

// What is fetched while computing, a line or so a step, where the sums would otherwise wait for
// memory. kWeights: t.ahead. kImage: that and, of a filter of one tap, the image of the tile that
// follows, the residual and the output's lines.
enum class ConvFetch { kNone, kImage, kWeights };

// ColStep 0: taken from t.col_step. Skip: some of the filter's taps are left out.
template <int Q, int R, int G, int ColStep, bool Skip = false, ConvFetch Fetch = ConvFetch::kNone>
void conv_tile(const ConvTile& t, const float* in, const float* weights, const float* bias,
               const float* residual, float* out) {
  Vec acc[R * Q][G];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const Vec start = bias == nullptr ? vzero() : vload(bias + g * kLanes);
    POACL_UNROLL
    for (int p = 0; p < R * Q; ++p) acc[p][g] = start;
  }
  const int64_t step = ColStep != 0 ? ColStep : t.col_step;
  const float* ahead = t.ahead;
  for (int64_t s = 0; s < t.slices; ++s, in += t.slice_stride) {
    const int64_t depth = s + 1 == t.slices ? t.last_depth : t.depth;
    const float* row = in;
    if constexpr (Skip) weights += t.skip_before * depth * G * kLanes;
    for (int64_t kh = 0; kh < t.taps_h; ++kh, row += t.tap_row_step) {
      const float* tap = row;
      for (int64_t kw = 0; kw < t.taps_w; ++kw, tap += t.tap_col_step) {
        const float* x = tap;
        const float* x1 = tap + t.row_step;
        const int64_t side = (s & (G - 1)) * t.out_block_step;
        const float* follows = tap + t.next_tile;
        const float* target = out + side;
        const float* addend = residual == nullptr ? target : residual + side;
        for (int64_t i = 0; i < depth; ++i, ++x, ++x1, weights += G * kLanes) {
          if constexpr (Fetch != ConvFetch::kNone) {
            vprefetch(ahead);
            ahead += t.ahead_step;
          }
          if constexpr (Fetch == ConvFetch::kImage) {
            vprefetch(follows + i * step);
            __builtin_prefetch(target + i * kLanes, 1);
            vprefetch(addend + i * kLanes);
          }
          // A large network's filters come from memory, faster than the hardware's own guess.
          POACL_UNROLL
          for (int g = 0; g < G * kLanes; g += 16) vprefetch(weights + 32 * G * kLanes + g);
          Vec w[G];
          POACL_UNROLL
          for (int g = 0; g < G; ++g) w[g] = vload(weights + g * kLanes);
          POACL_UNROLL
          for (int q = 0; q < Q; ++q) {
            const Vec v = vset1(x[q * step]);
            POACL_UNROLL
            for (int g = 0; g < G; ++g) acc[q][g] = vfma(v, w[g], acc[q][g]);
          }
          if (R == 2) {
            POACL_UNROLL
            for (int q = 0; q < Q; ++q) {
              const Vec v = vset1(x1[q * step]);
              POACL_UNROLL
              for (int g = 0; g < G; ++g)
                acc[(R - 1) * Q + q][g] = vfma(v, w[g], acc[(R - 1) * Q + q][g]);
            }
          }
        }
      }
      if constexpr (Skip) weights += t.skip_row * depth * G * kLanes;
    }
    if constexpr (Skip) weights += t.skip_after * depth * G * kLanes;
  }
  const Vec low = vset1(t.low);
  const Vec high = vset1(t.high);
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      const int64_t at = r * t.out_row_step + g * t.out_block_step;
      POACL_UNROLL
      for (int q = 0; q < Q; ++q) {
        Vec v = acc[r * Q + q][g];
        if (residual != nullptr) v = vadd(v, vload(residual + at + q * kLanes));
        vstore(out + at + q * kLanes, vat_most(vat_least(v, low), high));
      }
    }
  }
}

template <int Q, int R, int ColStep>
ConvTileFn conv_tile_of_width(bool pair, ConvFetch fetch) {
  // A step of 16 lanes touches whole cache lines; shorter vectors have loads enough to do.
  if constexpr (kLanes == 16 && ColStep >= kLanes) {
    if (fetch == ConvFetch::kWeights) {
      return pair ? conv_tile<Q, R, 2, ColStep, false, ConvFetch::kWeights>
                  : conv_tile<Q, R, 1, ColStep, false, ConvFetch::kWeights>;
    }
    if constexpr (R == 1) {
      if (fetch == ConvFetch::kImage) {
        return pair ? conv_tile<Q, R, 2, ColStep, false, ConvFetch::kImage>
                    : conv_tile<Q, R, 1, ColStep, false, ConvFetch::kImage>;
      }
    }
  }
  return pair ? conv_tile<Q, R, 2, ColStep> : conv_tile<Q, R, 1, ColStep>;
}

template <int Q, int ColStep>
ConvTileFn conv_tile_search(int64_t cols, int64_t rows, bool pair, ConvFetch fetch) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    if (cols != Q) return conv_tile_search<Q - 1, ColStep>(cols, rows, pair, fetch);
    if constexpr (Q <= (kTile + 1) / 2) {
      if (rows == 2) return conv_tile_of_width<Q, 2, ColStep>(pair, fetch);
    }
    return conv_tile_of_width<Q, 1, ColStep>(pair, fetch);
  }
}

template <int Q>
ConvTileFn conv_skip_tile_search(int64_t cols, bool pair) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    if (cols != Q) return conv_skip_tile_search<Q - 1>(cols, pair);
    return pair ? conv_tile<Q, 1, 2, kLanes, true> : conv_tile<Q, 1, 1, kLanes, true>;
  }
}

// The tile of one row of `cols` pixels, next to each other, that leaves taps out.
POACL_INLINE ConvTileFn find_conv_skip_tile(int64_t cols, bool pair) {
  return conv_skip_tile_search<kTile>(cols, pair);
}

// The tile of cols x rows pixels (rows = 2 only up to half of kTile) and one or two blocks.
POACL_INLINE ConvTileFn find_conv_tile(int64_t cols, int64_t rows, bool pair, int64_t col_step,
                                       ConvFetch fetch = ConvFetch::kNone) {
  switch (col_step) {
    case kLanes:
      return conv_tile_search<kTile, kLanes>(cols, rows, pair, fetch);
    case 2 * kLanes:
      return conv_tile_search<kTile, 2 * kLanes>(cols, rows, pair, fetch);
    case 1:
      return conv_tile_search<kTile, 1>(cols, rows, pair, fetch);
    case 2:
      return conv_tile_search<kTile, 2>(cols, rows, pair, fetch);
    default:
      return conv_tile_search<kTile, 0>(cols, rows, pair, fetch);
  }
}

}  // namespace poacl::POACL_SIMD
