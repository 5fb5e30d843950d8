#include "kernels/int8/int8_requantise_avx2.h"

#define POACL_SIMD int8_avx2

namespace poacl::int8_avx2 {
namespace {

// sums[q][c] of Q pixels: for each word of four channels as many products of 16 bits as a vector
// holds, pairs of them added; the pairs of a channel come together at the end.
template <int Q>
POACL_INLINE void sum_pixels(const Int8ConvParams& p, const uint8_t* in, const int8_t* weights,
                             const int32_t* bias, int32_t sums[Q][16]) {
  __m256i acc[Q][4];
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) {
    POACL_UNROLL
    for (int j = 0; j < 4; ++j) acc[q][j] = _mm256_setzero_si256();
  }
  const __m128i flip = _mm_set1_epi32(static_cast<int32_t>(p.flip));
  for (int64_t s = 0; s < p.slices; ++s, in += p.slice_stride) {
    const int64_t words = s + 1 == p.slices ? p.last_words : p.words;
    for (int64_t tap = 0; tap < p.taps_h * p.taps_w; ++tap) {
      const uint8_t* x = in + tap / p.taps_w * p.tap_row_step + tap % p.taps_w * p.tap_col_step;
      for (int64_t i = 0; i < words; ++i, x += 4, weights += 64) {
        __m256i v[Q];
        POACL_UNROLL
        for (int q = 0; q < Q; ++q) {
          int32_t word;
          __builtin_memcpy(&word, x + q * p.col_step, sizeof(word));
          v[q] = _mm256_cvtepu8_epi16(_mm_xor_si128(flip, _mm_set1_epi32(word)));
        }
        POACL_UNROLL
        for (int j = 0; j < 4; ++j) {
          const __m256i w = _mm256_cvtepi8_epi16(
              _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights + 16 * j)));
          POACL_UNROLL
          for (int q = 0; q < Q; ++q) {
            acc[q][j] = _mm256_add_epi32(acc[q][j], _mm256_madd_epi16(v[q], w));
          }
        }
      }
    }
  }
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) {
    POACL_UNROLL
    for (int j = 0; j < 2; ++j) {
      const __m256i pairs = _mm256_hadd_epi32(acc[q][2 * j], acc[q][2 * j + 1]);
      const __m256i start = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bias + 8 * j));
      const __m256i total = _mm256_add_epi32(start, _mm256_permute4x64_epi64(pairs, 0xd8));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums[q] + 8 * j), total);
    }
  }
}

}  // namespace
}  // namespace poacl::int8_avx2

#include "kernels/int8/int8_wide.h"

#include "kernels/int8/int8_conv_run.h"

namespace poacl {

void int8_conv_run_avx2(const KernelArgs& args) {
  int8_avx2::int8_conv_run(args);
}

}  // namespace poacl
