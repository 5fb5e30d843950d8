// The register tile of int8_conv.h: Q pixels times G blocks of 16 channels.
#pragma once

#include "kernels/int8/int8_vnni.h"

namespace poacl::vnni {

POACL_INLINE __m512i four_channels(const uint8_t* at, __m512i flip) {
  int32_t word;
  __builtin_memcpy(&word, at, sizeof(word));
  return _mm512_xor_si512(flip, _mm512_set1_epi32(word));
}

// Q sums of one block as numbers of 32 bits.
template <int Q>
POACL_INLINE void store_words(const Int8ConvParams& p, const __m512i* sums, __m512 scale,
                              __mmask16 mask, void* out) {
  const bool real = p.finish.kind == QuantKind::kFloat;
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) {
    const __m512i v =
        real ? _mm512_castps_si512(_mm512_mul_ps(_mm512_cvtepi32_ps(sums[q]), scale)) : sums[q];
    int32_t* to = static_cast<int32_t*>(out) + q * p.out_col;
    _mm512_storeu_si512(to, _mm512_maskz_mov_epi32(mask, v));
  }
}

// A result rounded, but not yet moved by its offset, added to the residual of its pixel.
POACL_INLINE __m512i with_residual(const Int8Finish& f, __m512i v, const uint8_t* residual) {
  const __m512i offset = _mm512_set1_epi32(f.offset);
  const __m512i low = _mm512_set1_epi32(f.low);
  const __m512i number = _mm512_max_epi32(_mm512_add_epi32(v, offset), low);
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(residual));
  if (f.residual_first) return rounded_sums(f.sum, widened(bytes, f.sum.signed1), number);
  return rounded_sums(f.sum, number, widened(bytes, f.sum.signed2));
}

// Q sums of one block as bytes, pixels side by side.
template <int Q>
POACL_INLINE void store_pixels(const Int8ConvParams& p, const __m512i* sums, __m512 scale,
                               __mmask64 channels, const uint8_t* residual, uint8_t* out) {
  const __m512 high = _mm512_set1_ps(p.finish.high);
  Int8Finish last = p.finish;
  if (residual != nullptr) {
    last.kind = p.finish.sum.signed_y ? QuantKind::kInt8 : QuantKind::kUint8;
    last.offset = 0;
    last.low = p.finish.sum.signed_y ? -128 : 0;
  }
  POACL_UNROLL
  for (int q = 0; q < Q; q += 4) {
    __m512i v[4];
    POACL_UNROLL
    for (int i = 0; i < 4; ++i) v[i] = scaled(sums[q + i < Q ? q + i : Q - 1], scale, high);
    if (residual != nullptr) {
      POACL_UNROLL
      for (int i = 0; i < 4; ++i) {
        v[i] = with_residual(p.finish, v[i], residual + (q + i < Q ? q + i : Q - 1) * 16);
      }
    }
    const __m512i bytes = _mm512_maskz_mov_epi8(channels, four_pixels(v, last));
    if (q + 4 <= Q) {
      _mm512_storeu_si512(out + q * 16, bytes);
    } else {
      _mm512_mask_storeu_epi8(out + q * 16, first_bytes((Q - q) * 16), bytes);
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
  __m512i acc[G][R * Q];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const __m512i start = _mm512_loadu_si512(bias + g * 16);
    POACL_UNROLL
    for (int q = 0; q < R * Q; ++q) acc[g][q] = start;
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
            for (int g = 0; g < G; ++g) acc[g][q] = _mm512_dpbusd_epi32(acc[g][q], v, w[g]);
          }
        }
      }
    }
  }
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const int64_t channels = g + 1 == G ? t.channels : 16;
    const auto mask = static_cast<__mmask16>(first_bytes(channels));
    const __m512 factor = _mm512_loadu_ps(scale + g * 16);
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      const int64_t at = g * p.out_block + r * p.out_row;
      const __m512i* sums = acc[g] + r * Q;
      if (p.finish.kind == QuantKind::kFloat || p.finish.kind == QuantKind::kSums) {
        store_words<Q>(p, sums, factor, mask, static_cast<int32_t*>(out) + at);
      } else {
        store_pixels<Q>(p, sums, factor, channel_bytes(channels),
                        residual == nullptr ? nullptr : residual + at,
                        static_cast<uint8_t*>(out) + at);
      }
    }
  }
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
