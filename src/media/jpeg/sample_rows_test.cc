#include "media/jpeg/sample_rows.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace poacl::media {
namespace {

// Around the vector widths, and buffers of exactly the size, so that sanitizers see every overread.
constexpr int32_t kLengths[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 34, 47, 63, 64, 65, 100};

std::vector<uint8_t> samples(int32_t count, int seed) {
  std::vector<uint8_t> made(static_cast<size_t>(count));
  uint32_t state = static_cast<uint32_t>(seed) * 2654435761U + 1;
  for (uint8_t& sample : made) {
    state = state * 1664525U + 1013904223U;
    sample = static_cast<uint8_t>(state >> 24);
  }
  return made;
}

TEST(SampleRows, InterleaveAndBack) {
  for (const int32_t n : kLengths) {
    const auto a = samples(n, 1);
    const auto b = samples(n, 2);
    std::vector<uint8_t> mixed(static_cast<size_t>(2 * n));
    interleave_row(a.data(), b.data(), mixed.data(), n);
    for (int32_t i = 0; i < n; ++i) {
      ASSERT_EQ(mixed[2 * i], a[i]) << n;
      ASSERT_EQ(mixed[2 * i + 1], b[i]) << n;
    }
    std::vector<uint8_t> first(a.size());
    std::vector<uint8_t> second(a.size());
    deinterleave_row(mixed.data(), first.data(), second.data(), n);
    EXPECT_EQ(first, a);
    EXPECT_EQ(second, b);
    every_second(mixed.data(), 0, first.data(), n);
    every_second(mixed.data(), 1, second.data(), n);
    EXPECT_EQ(first, a);
    EXPECT_EQ(second, b);
  }
}

TEST(SampleRows, Averages) {
  for (const int32_t n : kLengths) {
    const auto a = samples(n, 3);
    const auto b = samples(n, 4);
    std::vector<uint8_t> rows(a.size());
    std::vector<uint8_t> pairs((a.size() + 1) / 2);
    std::vector<uint8_t> quads(pairs.size());
    average_rows(a.data(), b.data(), rows.data(), n);
    average_pairs(a.data(), pairs.data(), n);
    average_quads(a.data(), b.data(), quads.data(), n);
    for (int32_t i = 0; i < n; ++i) ASSERT_EQ(rows[i], (a[i] + b[i] + 1) / 2);
    for (int32_t i = 0; i < n; i += 2) {
      const int32_t next = i + 1 < n ? i + 1 : i;
      ASSERT_EQ(pairs[i / 2], (a[i] + a[next] + 1) / 2) << n;
      ASSERT_EQ(quads[i / 2], (a[i] + a[next] + b[i] + b[next] + 2) / 4) << n;
    }
  }
}

TEST(SampleRows, DoubledAndReversed) {
  for (const int32_t n : kLengths) {
    const auto in = samples((n + 1) / 2, 5);
    std::vector<uint8_t> twice(static_cast<size_t>(n));
    double_row(in.data(), twice.data(), n);
    for (int32_t i = 0; i < n; ++i) ASSERT_EQ(twice[i], in[i / 2]) << n;
    const auto line = samples(n, 6);
    reverse_row(line.data(), twice.data(), n);
    EXPECT_EQ(twice, std::vector<uint8_t>(line.rbegin(), line.rend()));
  }
}

TEST(SampleRows, Transpose) {
  for (const int32_t rows : {1, 3, 8, 9, 16, 23}) {
    for (const int32_t columns : {1, 5, 8, 16, 19, 40}) {
      const auto in = samples(rows * columns, 7);
      std::vector<uint8_t> out(in.size());
      transpose(in.data(), columns, rows, columns, out.data(), rows);
      std::vector<uint8_t> upside_down(in.size());
      transpose(in.data() + (rows - 1) * columns, -columns, rows, columns,
                upside_down.data() + (columns - 1) * rows, -rows);
      for (int32_t r = 0; r < rows; ++r) {
        for (int32_t c = 0; c < columns; ++c) {
          ASSERT_EQ(out[c * rows + r], in[r * columns + c]);
          ASSERT_EQ(upside_down[(columns - 1 - c) * rows + r], in[(rows - 1 - r) * columns + c]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace poacl::media
