// Sums of a few rows times packed columns, for int8_linear_impl.h and int8_attention_impl.h: the
// portable tile.
#pragma once

#include "kernels/simd/vec_generic.h"
// The vector header comes first: the others are written in its terms.
#include "kernels/int8/int8_bytes.h"
#include "kernels/int8/int8_sums_generic.h"

namespace poacl::generic {
namespace {

// Most rows and blocks of sixteen columns of a tile.
constexpr int64_t kMostRows = 3;
constexpr int64_t kMostBlocks = 1;
// A number of a row, made unsigned, and a weight; a word of four bytes has two of them.
using RowNumber = int16_t;
using Weight = int16_t;

template <int R>
void sum_tile(const uint8_t* x, int64_t row_bytes, const int8_t* weights, int64_t words,
              const int32_t* bias, int32_t* sums) {
  int8_generic::Sums acc[R];
  POACL_UNROLL
  for (int r = 0; r < R; ++r) int8_generic::start(&acc[r], bias);
  for (int64_t i = 0; i < words; ++i, x += 4, weights += 64) {
    POACL_UNROLL
    for (int r = 0; r < R; ++r) int8_generic::add_products(&acc[r], x + r * row_bytes, weights);
  }
  __builtin_memcpy(sums, acc, sizeof(acc));
}

void linear_tile(int64_t rows, int64_t, const RowNumber* x, int64_t row_bytes,
                 const Weight* weights, int64_t words, uint32_t, const int32_t* bias,
                 int32_t* sums) {
  const auto tile = rows == 3 ? sum_tile<3> : rows == 2 ? sum_tile<2> : sum_tile<1>;
  tile(reinterpret_cast<const uint8_t*>(x), row_bytes, reinterpret_cast<const int8_t*>(weights),
       words, bias, sums);
}

}  // namespace
}  // namespace poacl::generic
