// Packing of the second operand of a matrix product, used by plan-time and run-time code alike;
// internal linkage, because units of several instruction sets include it.
#pragma once

#include <cstdint>

namespace poacl {
namespace {

// Columns [first, first + width) of x2 as [k][width]; columns past n are zero.
inline __attribute__((always_inline)) void pack_panel(const float* x2, int64_t k, int64_t n,
                                                      bool transposed, int64_t first, int64_t width,
                                                      float* dst) {
  const int64_t valid = n - first < width ? n - first : width;
  for (int64_t i = 0; i < k; ++i, dst += width) {
    const float* src = transposed ? x2 + first * k + i : x2 + i * n + first;
    const int64_t step = transposed ? k : 1;
    for (int64_t j = 0; j < valid; ++j) dst[j] = src[j * step];
    for (int64_t j = valid; j < width; ++j) dst[j] = 0.0f;
  }
}

// Width of the panel at column `first`: two vectors, or one where one covers the rest.
inline __attribute__((always_inline)) int64_t panel_width(int64_t n, int64_t first, int64_t lanes) {
  return n - first <= lanes ? lanes : 2 * lanes;
}

}  // namespace
}  // namespace poacl
