// The register tile of convolution in bfloat16: R rows of Q output pixels times G channel blocks.
// Include after bf16_vec.h.
#pragma once

#include "kernels/bf16/bf16_finish.h"

namespace poacl::bf16 {

// Pixels of a register tile that is two vectors wide.
inline constexpr int kPixels = 14;
// Weights to fetch while computing: a large network's filters come from memory, faster than the
// hardware's own guess. `step` elements further for each word.
struct Ahead {
  const uint16_t* at;
  int64_t step;
};
// From the weights in use to those that are fetched.
inline constexpr int64_t kAhead = 2048;

// Steps of one layer, in elements.
struct Steps {
  int64_t slices, taps_h, taps_w, words, last_words;
  int64_t slice_stride, tap_row_step, tap_col_step;
  int64_t row_step, col_step;
};

// acc[R * Q][G] += the products of the whole filter. Step 0: taken from s.col_step.
template <int Q, int R, int G, int Step>
POACL_INLINE void sum_products(const Steps& s, const uint16_t* in, const uint16_t* weights,
                               Ahead ahead, Vec acc[R * Q][G]) {
  const int64_t step = Step != 0 ? Step : s.col_step;
  for (int64_t slice = 0; slice < s.slices; ++slice, in += s.slice_stride) {
    const int64_t words = slice + 1 == s.slices ? s.last_words : s.words;
    const uint16_t* row = in;
    for (int64_t kh = 0; kh < s.taps_h; ++kh, row += s.tap_row_step) {
      const uint16_t* tap = row;
      for (int64_t kw = 0; kw < s.taps_w; ++kw, tap += s.tap_col_step) {
        const uint16_t* x = tap;
        const uint16_t* below = tap + s.row_step;
        for (int64_t i = 0; i < words; ++i, x += 2, below += 2, weights += G * 32) {
          POACL_UNROLL
          for (int g = 0; g < G; ++g) __builtin_prefetch(ahead.at + g * 32);
          ahead.at += ahead.step;
          __m512i w[G];
          POACL_UNROLL
          for (int g = 0; g < G; ++g) w[g] = load_pairs(weights + g * 32);
          POACL_UNROLL
          for (int q = 0; q < R * Q; ++q) {
            const __m512i v = pair_of(q < Q ? x + q * step : below + (q - Q) * step);
            POACL_UNROLL
            for (int g = 0; g < G; ++g) acc[q][g] = add_products(acc[q][g], v, w[g]);
          }
        }
      }
    }
  }
}

// Where a tile's result goes; residual (may be null) has the output's steps.
struct Target {
  int64_t row_step, block_step;
  Finish finish;
};

// `bias` may be null. `channels` of the last of the G blocks are not padding.
using TileFn = void (*)(const Steps& s, const Target& t, const uint16_t* in,
                        const uint16_t* weights, Ahead ahead, const float* bias,
                        const uint16_t* residual, int64_t channels, uint16_t* out);

template <int Q, int R, int G, int Step>
void conv_tile(const Steps& s, const Target& t, const uint16_t* in, const uint16_t* weights,
               Ahead ahead, const float* bias, const uint16_t* residual, int64_t channels,
               uint16_t* out) {
  Vec acc[R * Q][G];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const Vec start = bias == nullptr ? vzero() : vload(bias + g * 16);
    POACL_UNROLL
    for (int q = 0; q < R * Q; ++q) acc[q][g] = start;
  }
  sum_products<Q, R, G, Step>(s, in, weights, ahead, acc);
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      const int64_t at = r * t.row_step + g * t.block_step;
      Vec sums[Q];
      POACL_UNROLL
      for (int q = 0; q < Q; ++q) sums[q] = acc[r * Q + q][g];
      store_pixels<Q>(t.finish, sums, g + 1 == G ? channels : 16,
                      residual == nullptr ? nullptr : residual + at, out + at);
    }
  }
}

template <int Q, int R, int Step>
TileFn tile_of_width(bool pair) {
  return pair ? conv_tile<Q, R, 2, Step> : conv_tile<Q, R, 1, Step>;
}

template <int Q, int Step>
TileFn tile_search(int64_t cols, int64_t rows, bool pair) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    if (cols != Q) return tile_search<Q - 1, Step>(cols, rows, pair);
    if constexpr (Q <= kPixels / 2) {
      if (rows == 2) return tile_of_width<Q, 2, Step>(pair);
    }
    return tile_of_width<Q, 1, Step>(pair);
  }
}

// The tile of cols x rows pixels (rows = 2 only up to half of kPixels) and one or two blocks.
POACL_INLINE TileFn find_tile(int64_t cols, int64_t rows, bool pair, int64_t col_step) {
  switch (col_step) {
    case 16:
      return tile_search<kPixels, 16>(cols, rows, pair);
    case 32:
      return tile_search<kPixels, 32>(cols, rows, pair);
    case 2:
      return tile_search<kPixels, 2>(cols, rows, pair);
    default:
      return tile_search<kPixels, 0>(cols, rows, pair);
  }
}

}  // namespace poacl::bf16
