// Sums of a few rows times packed columns, for int8_linear_impl.h and int8_attention_impl.h: the
// AVX-512 VNNI tile.
#pragma once

#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the others are written in its terms.
#include "kernels/int8/int8_bytes.h"

namespace poacl::avx512 {
namespace {

// Most rows and blocks of sixteen columns of a tile.
constexpr int64_t kMostRows = 9;
constexpr int64_t kMostBlocks = 3;
// A number of a row and a weight; a word of four bytes has four of them.
using RowNumber = uint8_t;
using Weight = int8_t;

// Bytes from the weights in use to those that are fetched.
constexpr int kAhead = 2048;

template <int R, int G>
void sum_tile(const uint8_t* x, int64_t row_bytes, const int8_t* weights, int64_t words,
              uint32_t flip, const int32_t* bias, int32_t* sums) {
  __m512i acc[R][G];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const __m512i start = _mm512_loadu_si512(bias + g * 16);
    POACL_UNROLL
    for (int r = 0; r < R; ++r) acc[r][g] = start;
  }
  // The compiler must not see what it is: it would do the same to words in general registers and
  // bring each of them over at a high price.
  __m512i flips = _mm512_set1_epi32(static_cast<int32_t>(flip));
  asm("" : "+v"(flips));
  for (int64_t i = 0; i < words; ++i, x += 4, weights += G * 64) {
    __m512i w[G];
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      __builtin_prefetch(weights + kAhead + g * 64);
      w[g] = _mm512_loadu_si512(weights + g * 64);
    }
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      int32_t word;
      __builtin_memcpy(&word, x + r * row_bytes, sizeof(word));
      const __m512i v = _mm512_xor_si512(flips, _mm512_set1_epi32(word));
      POACL_UNROLL
      for (int g = 0; g < G; ++g) acc[r][g] = _mm512_dpbusd_epi32(acc[r][g], v, w[g]);
    }
  }
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    POACL_UNROLL
    for (int g = 0; g < G; ++g) _mm512_storeu_si512(sums + (r * G + g) * 16, acc[r][g]);
  }
}

using TileFn = void (*)(const uint8_t*, int64_t, const int8_t*, int64_t, uint32_t, const int32_t*,
                        int32_t*);
template <int G>
constexpr TileFn kTiles[] = {sum_tile<1, G>, sum_tile<2, G>, sum_tile<3, G>,
                             sum_tile<4, G>, sum_tile<5, G>, sum_tile<6, G>,
                             sum_tile<7, G>, sum_tile<8, G>, sum_tile<9, G>};

// Sums of `rows` rows of `words` x 4 numbers and `blocks` x 16 columns, which start with the
// biases: [rows][blocks * 16]. Weights: [word][block][16 columns][4].
void linear_tile(int64_t rows, int64_t blocks, const uint8_t* x, int64_t row_bytes,
                 const int8_t* weights, int64_t words, uint32_t flip, const int32_t* bias,
                 int32_t* sums) {
  const TileFn* tiles = blocks == 3 ? kTiles<3> : blocks == 2 ? kTiles<2> : kTiles<1>;
  tiles[rows - 1](x, row_bytes, weights, words, flip, bias, sums);
}

}  // namespace
}  // namespace poacl::avx512
