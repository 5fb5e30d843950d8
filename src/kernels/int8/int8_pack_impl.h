// Run-time matrices as the tile's weights, in the namespace of the including unit's ISA. Include
// after int8_tile_<isa>.h.
#pragma once

#include "kernels/int8/int8_bytes.h"

namespace poacl::POACL_SIMD {
namespace {

// Numbers of a row or weights in a word.
constexpr int64_t kWord = 4 / sizeof(RowNumber);

// `count` numbers of a row as the tile reads them, `words` words of them, zeros behind.
[[maybe_unused]] void copy_row(const uint8_t* from, int64_t count, uint8_t flip, RowNumber* to,
                               int64_t words) {
  if constexpr (sizeof(RowNumber) == 1) {
    __builtin_memcpy(to, from, static_cast<size_t>(count));
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<uint8_t>(from[i] ^ flip);
  }
  for (int64_t i = count; i < words * kWord; ++i) to[i] = 0;
}

// The biases of `columns` columns of `depth` numbers whose sums are `totals`: what the zero points
// of rows and columns add, but for that of the row's own numbers.
POACL_INLINE void set_biases(const int32_t* totals, int64_t columns, int64_t depth,
                             int32_t row_offset, int32_t offset, int32_t* bias) {
  for (int64_t c = 0; c < 16; ++c) {
    const int32_t both = static_cast<int32_t>(depth) * row_offset * offset;
    bias[c] = c < columns ? both - row_offset * totals[c] : 0;
  }
}

// A matrix of eight-bit numbers, rows `step` bytes apart, that rows of others are multiplied by.
struct ColumnMatrix {
  const uint8_t* numbers;
  int64_t depth, columns, step;
  uint8_t flip;        // makes its numbers signed
  int32_t offset;      // of them, so made
  int32_t row_offset;  // of the other operand's, made unsigned
};

void pack_columns(const ColumnMatrix& m, int64_t group_blocks, Weight* to, int32_t* bias) {
  const int64_t words = (m.depth + kWord - 1) / kWord;
  const int64_t blocks = (m.columns + 15) / 16;
  for (int64_t block = 0; block < blocks; ++block) {
    const int64_t first = block / group_blocks * group_blocks;
    const int64_t width = least(group_blocks, blocks - first) * 16 * kWord;
    Weight* at = to + (first * words + block - first) * 16 * kWord;
    const int64_t count = least(16, m.columns - block * 16);
    int32_t totals[16] = {};
    for (int64_t w = 0; w < words; ++w, at += width) {
      // Flipped, what is not there is zero.
      uint8_t rows[kWord][16];
      __builtin_memset(rows, m.flip, sizeof(rows));
      for (int64_t k = 0; k < kWord && w * kWord + k < m.depth; ++k) {
        const uint8_t* row = m.numbers + (w * kWord + k) * m.step + block * 16;
        if (count == 16) {
          __builtin_memcpy(rows[k], row, 16);
        } else {
          __builtin_memcpy(rows[k], row, static_cast<size_t>(count));
        }
      }
      for (int c = 0; c < 16; ++c) {
        for (int k = 0; k < kWord; ++k)
          at[kWord * c + k] = static_cast<int8_t>(rows[k][c] ^ m.flip);
      }
      for (int k = 0; k < kWord; ++k) {
        for (int c = 0; c < 16; ++c) totals[c] += static_cast<int8_t>(rows[k][c] ^ m.flip);
      }
    }
    set_biases(totals, count, m.depth, m.row_offset, m.offset, bias + block * 16);
  }
}

// The numbers of a row, made unsigned, added up.
POACL_INLINE int32_t row_total(const uint8_t* row, int64_t count, uint8_t flip) {
  int32_t total = 0;
  for (int64_t i = 0; i < count; ++i) total += static_cast<uint8_t>(row[i] ^ flip);
  return total;
}

}  // namespace
}  // namespace poacl::POACL_SIMD
