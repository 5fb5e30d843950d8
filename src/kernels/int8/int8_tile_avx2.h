// Sums of a few rows times packed columns, for int8_linear_impl.h and int8_attention_impl.h: the
// AVX2 tile.
#pragma once

#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the others are written in its terms.
#include "kernels/int8/int8_bytes.h"

namespace poacl::avx2 {
namespace {

// Most rows and blocks of sixteen columns of a tile.
constexpr int64_t kMostRows = 6;
constexpr int64_t kMostBlocks = 1;
// A number of a row, made unsigned, and a weight; a word of four bytes has two of them.
using RowNumber = int16_t;
using Weight = int16_t;

// Products of 16 bits, the two of a word added at once.
template <int R>
void sum_tile(const uint8_t* x, int64_t row_bytes, const uint8_t* weights, int64_t words,
              const int32_t* bias, int32_t* sums) {
  __m256i acc[R][2];
  POACL_UNROLL
  for (int j = 0; j < 2; ++j) {
    const __m256i start = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bias + 8 * j));
    POACL_UNROLL
    for (int r = 0; r < R; ++r) acc[r][j] = start;
  }
  for (int64_t i = 0; i < words; ++i, x += 4, weights += 64) {
    const __m256i w0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
    const __m256i w1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + 32));
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      int32_t word;
      __builtin_memcpy(&word, x + r * row_bytes, sizeof(word));
      const __m256i v = _mm256_set1_epi32(word);
      acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(v, w0));
      acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(v, w1));
    }
  }
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    POACL_UNROLL
    for (int j = 0; j < 2; ++j) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + r * 16 + 8 * j), acc[r][j]);
    }
  }
}

void linear_tile(int64_t rows, int64_t, const RowNumber* x, int64_t row_bytes,
                 const Weight* weights, int64_t words, uint32_t, const int32_t* bias,
                 int32_t* sums) {
  static constexpr decltype(&sum_tile<1>) kTiles[] = {sum_tile<1>, sum_tile<2>, sum_tile<3>,
                                                      sum_tile<4>, sum_tile<5>, sum_tile<6>};
  kTiles[rows - 1](reinterpret_cast<const uint8_t*>(x), row_bytes,
                   reinterpret_cast<const uint8_t*>(weights), words, bias, sums);
}

}  // namespace
}  // namespace poacl::avx2
