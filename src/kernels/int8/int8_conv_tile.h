// The register tile of int8_conv.h: Q pixels times G blocks of 16 channels.
#pragma once

#include "kernels/int8/int8_vnni.h"

namespace poacl::vnni {

POACL_INLINE __m512i four_channels(const uint8_t* at, __m512i flip) {
  int32_t word;
  __builtin_memcpy(&word, at, sizeof(word));
  return _mm512_xor_si512(flip, _mm512_set1_epi32(word));
}

// Results, rounded and clipped, and the residuals of their pixels, added and rounded. Added to
// kShift a number is rounded and stands in the sum's low bits: this, and a product with one, keep
// the work off the units that convert, which have enough of it.
struct Int8Added {
  static constexpr float kShift = 12582912.0f;
  static constexpr int32_t kShiftBits = 0x4B400000;

  const Int8Finish& finish;
  __m512i low, high;
  __m512 shift, back, one;
  __m512 factor1, factor2, constant;

  explicit Int8Added(const Int8Finish& f)
      : finish(f),
        low(_mm512_set1_epi32(kShiftBits + f.low - f.offset)),
        high(_mm512_set1_epi32(kShiftBits + f.high - f.offset)),
        shift(_mm512_set1_ps(kShift)),
        back(_mm512_set1_ps(static_cast<float>(f.offset) - kShift)),
        one(_mm512_castsi512_ps(hidden(_mm512_castps_si512(_mm512_set1_ps(1.0f))))),
        factor1(_mm512_set1_ps(f.sum.factor1)),
        factor2(_mm512_set1_ps(f.sum.factor2)),
        constant(_mm512_set1_ps(f.sum.constant)) {}

  [[gnu::always_inline]] __m512i result(__m512i sum, __m512 scale) const {
    const __m512 moved = _mm512_add_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(sum), scale), shift);
    return _mm512_min_epi32(_mm512_max_epi32(_mm512_castps_si512(moved), low), high);
  }

  [[gnu::always_inline]] __m512i last(__m512i result, const uint8_t* residual) const {
    const __m512 number = _mm512_fmadd_ps(_mm512_castsi512_ps(result), one, back);
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(residual));
    if (finish.residual_first) {
      const __m512 other = _mm512_cvtepi32_ps(widened(bytes, finish.sum.signed1));
      return _mm512_cvtps_epi32(
          _mm512_fmadd_ps(other, factor1, _mm512_fmadd_ps(number, factor2, constant)));
    }
    const __m512 other = _mm512_cvtepi32_ps(widened(bytes, finish.sum.signed2));
    return _mm512_cvtps_epi32(
        _mm512_fmadd_ps(number, factor1, _mm512_fmadd_ps(other, factor2, constant)));
  }
};

// Results without a residual.
struct Int8Alone {
  [[gnu::always_inline]] __m512i result(__m512i sum, __m512 scale) const {
    return scaled(sum, scale);
  }
  [[gnu::always_inline]] __m512i last(__m512i result, const uint8_t*) const { return result; }
};

// Q sums of one block as bytes, pixels side by side.
template <int Q, typename Ending>
POACL_INLINE void store_pixels(const ByteBounds& bounds, const Ending& ending, const __m512i* sums,
                               __m512 scale, __mmask64 channels, const uint8_t* residual,
                               uint8_t* out) {
  POACL_UNROLL
  for (int q = 0; q < Q; q += 4) {
    __m512i v[4];
    POACL_UNROLL
    for (int i = 0; i < 4; ++i) v[i] = ending.result(sums[q + i < Q ? q + i : Q - 1], scale);
    POACL_UNROLL
    for (int i = 0; i < 4; ++i)
      v[i] = ending.last(v[i], residual + (q + i < Q ? q + i : Q - 1) * 16);
    const __m512i bytes = _mm512_maskz_mov_epi8(channels, four_pixels(v, bounds));
    if (q + 4 <= Q) {
      _mm512_storeu_si512(out + q * 16, bytes);
    } else {
      _mm512_mask_storeu_epi8(out + q * 16, first_bytes((Q - q) * 16), bytes);
    }
  }
}

// The tile's results as bytes: sums[block][row][pixel].
template <int R, int Q, int G, typename Ending>
POACL_INLINE void store_bytes(const Int8Tile& t, const ByteBounds& bounds, const Ending& ending,
                              const __m512i* sums, const float* scale, const uint8_t* residual,
                              uint8_t* out) {
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const __mmask64 channels = channel_bytes(g + 1 == G ? t.channels : 16);
    const __m512 factor = _mm512_loadu_ps(scale + g * 16);
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      const int64_t at = g * t.p.out_block + r * t.p.out_row;
      store_pixels<Q>(bounds, ending, sums + (g * R + r) * Q, factor, channels, residual + at,
                      out + at);
    }
  }
}

// As numbers of 32 bits.
template <int R, int Q, int G>
POACL_INLINE void store_words(const Int8Tile& t, const __m512i* sums, const float* scale,
                              int32_t* out) {
  const bool real = t.p.finish.kind == QuantKind::kFloat;
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const auto mask = static_cast<__mmask16>(first_bytes(g + 1 == G ? t.channels : 16));
    const __m512 factor = _mm512_loadu_ps(scale + g * 16);
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      int32_t* to = out + g * t.p.out_block + r * t.p.out_row;
      POACL_UNROLL
      for (int q = 0; q < Q; ++q, to += t.p.out_col) {
        const __m512i sum = sums[(g * R + r) * Q + q];
        const __m512 number = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), factor);
        _mm512_storeu_si512(to,
                            _mm512_maskz_mov_epi32(mask, real ? _mm512_castps_si512(number) : sum));
      }
    }
  }
}

// R rows of Q pixels. Step: bytes from pixel to pixel; 0: taken from the layer.
template <int R, int Q, int G, int Step>
void int8_tile(const Int8Tile& t, const uint8_t* in, const int8_t* weights, const int32_t* bias,
               const float* scale, const uint8_t* residual, void* out) {
  const Int8ConvParams& p = t.p;
  if (residual != nullptr) {
    // It comes from far, and is wanted when the sums are there.
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      POACL_UNROLL
      for (int r = 0; r < R; ++r) {
        const uint8_t* at = residual + g * p.out_block + r * p.out_row;
        POACL_UNROLL
        for (int q = 0; q < Q; q += 4) __builtin_prefetch(at + q * 16);
        __builtin_prefetch(at + Q * 16 - 1);
      }
    }
  }
  __m512i sums[G * R * Q];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const __m512i start = _mm512_loadu_si512(bias + g * 16);
    POACL_UNROLL
    for (int q = 0; q < R * Q; ++q) sums[g * R * Q + q] = start;
  }
  const __m512i flip = hidden(_mm512_set1_epi32(static_cast<int32_t>(p.flip)));
  const int64_t step = Step != 0 ? Step : p.col_step;
  const int8_t* ahead = t.ahead;
  for (int64_t s = 0; s < p.slices; ++s, in += p.slice_stride) {
    const int64_t words = s + 1 == p.slices ? p.last_words : p.words;
    const uint8_t* row = in;
    for (int64_t kh = 0; kh < p.taps_h; ++kh, row += p.tap_row_step) {
      const uint8_t* tap = row;
      for (int64_t kw = 0; kw < p.taps_w; ++kw, tap += p.tap_col_step) {
        const uint8_t* x = tap;
        const uint8_t* below = tap + p.row_step;
        for (int64_t i = 0; i < words; ++i, x += 4, below += 4, weights += G * 64) {
          // A large network's filters come from far, faster than the hardware's own guess.
          POACL_UNROLL
          for (int g = 0; g < G; ++g) __builtin_prefetch(ahead + g * 64);
          ahead += t.ahead_step;
          __m512i w[G];
          POACL_UNROLL
          for (int g = 0; g < G; ++g) w[g] = _mm512_loadu_si512(weights + g * 64);
          POACL_UNROLL
          for (int q = 0; q < R * Q; ++q) {
            const __m512i v = four_channels(q < Q ? x + q * step : below + (q - Q) * step, flip);
            POACL_UNROLL
            for (int g = 0; g < G; ++g) {
              __m512i& sum = sums[g * R * Q + q];
              sum = _mm512_dpbusd_epi32(sum, v, w[g]);
            }
          }
        }
      }
    }
  }
  if (p.finish.kind == QuantKind::kFloat || p.finish.kind == QuantKind::kSums) {
    return store_words<R, Q, G>(t, sums, scale, static_cast<int32_t*>(out));
  }
  auto* bytes = static_cast<uint8_t*>(out);
  if (residual == nullptr) {
    // The address is not used.
    return store_bytes<R, Q, G>(t, result_bounds(p.finish), Int8Alone(), sums, scale, bytes, bytes);
  }
  store_bytes<R, Q, G>(t, sum_bounds(p.finish.sum), Int8Added(p.finish), sums, scale, residual,
                       bytes);
}

template <int R, int Q, int Step>
Int8TileFn tile_of_blocks(int64_t blocks) {
  return blocks == 2 ? int8_tile<R, Q, 2, Step> : int8_tile<R, Q, 1, Step>;
}

template <int Q, int Step>
Int8TileFn tile_of_pixels(int64_t rows, int64_t pixels, int64_t blocks) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    if (pixels != Q) return tile_of_pixels<Q - 1, Step>(rows, pixels, blocks);
    if constexpr (2 * Q <= kInt8Vnni.pixels && (Step == 16 || Step == 32)) {
      if (rows == 2) return tile_of_blocks<2, Q, Step>(blocks);
    }
    return tile_of_blocks<1, Q, Step>(blocks);
  }
}

}  // namespace poacl::vnni
