#include "kernels/int8/int8_requantise_avx2.h"

#define POACL_SIMD int8_avx2

namespace poacl::int8_avx2 {
namespace {

// sums[q][c] of Q pixels: products of 16 bits, those of two neighbouring channels added at once.
template <int Q>
POACL_INLINE void sum_pixels(const Int8ConvParams& p, const uint8_t* in, const int8_t* weights,
                             const int32_t* bias, int32_t sums[Q][16]) {
  __m256i acc[Q][2];
  POACL_UNROLL
  for (int j = 0; j < 2; ++j) {
    const __m256i start = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bias + 8 * j));
    POACL_UNROLL
    for (int q = 0; q < Q; ++q) acc[q][j] = start;
  }
  const int64_t step = p.col_step;
  for (int64_t s = 0; s < p.slices; ++s, in += p.slice_stride) {
    const int64_t words = s + 1 == p.slices ? p.last_words : p.words;
    const uint8_t* row = in;
    for (int64_t kh = 0; kh < p.taps_h; ++kh, row += p.tap_row_step) {
      const uint8_t* tap = row;
      for (int64_t kw = 0; kw < p.taps_w; ++kw, tap += p.tap_col_step) {
        const uint8_t* x = tap;
        for (int64_t i = 0; i < words; ++i, x += 4, weights += 64) {
          const __m256i w0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
          const __m256i w1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + 32));
          POACL_UNROLL
          for (int q = 0; q < Q; ++q) {
            int32_t word;
            __builtin_memcpy(&word, x + q * step, sizeof(word));
            const __m256i v = _mm256_set1_epi32(word);
            acc[q][0] = _mm256_add_epi32(acc[q][0], _mm256_madd_epi16(v, w0));
            acc[q][1] = _mm256_add_epi32(acc[q][1], _mm256_madd_epi16(v, w1));
          }
        }
      }
    }
  }
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) {
    POACL_UNROLL
    for (int j = 0; j < 2; ++j) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums[q] + 8 * j), acc[q][j]);
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
