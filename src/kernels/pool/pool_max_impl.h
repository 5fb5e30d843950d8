// Maxima of one output row of pool_blocked.h, in the namespace of the including unit's ISA: first
// down the columns, then along the row, so that neighbouring windows share what they have in
// common.
#pragma once

#include "kernels/pool/pool_blocked.h"

namespace poacl::POACL_SIMD {

POACL_INLINE int64_t pool_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}
POACL_INLINE int64_t pool_max(int64_t a, int64_t b) {
  return a > b ? a : b;
}

// What is not a number stays.
POACL_INLINE Vec pool_greater(Vec best, Vec v) {
  return vnan_or(v, vat_least(best, v));
}

// The greatest of `count` vectors that are `step` floats apart. Count: the same; 0: any.
template <int Count>
POACL_INLINE Vec pool_greatest(const float* at, int64_t count, int64_t step) {
  Vec best = vload(at);
  if constexpr (Count != 0) {
    POACL_UNROLL
    for (int i = 1; i < Count; ++i) best = pool_greater(best, vload(at + i * step));
  } else {
    for (int64_t i = 1; i < count; ++i) best = pool_greater(best, vload(at + i * step));
  }
  return best;
}

// `n` of these, from vectors that are `from_step` floats apart.
template <int Count>
static void pool_maxima(const float* from, int64_t from_step, int64_t count, int64_t step,
                        int64_t n, float* to) {
  for (int64_t i = 0; i < n; ++i, from += from_step, to += kLanes) {
    vstore(to, pool_greatest<Count>(from, count, step));
  }
}
POACL_INLINE void pool_all_maxima(const float* from, int64_t from_step, int64_t count, int64_t step,
                                  int64_t n, float* to) {
  if (count == 2) return pool_maxima<2>(from, from_step, count, step, n, to);
  if (count == 3) return pool_maxima<3>(from, from_step, count, step, n, to);
  pool_maxima<0>(from, from_step, count, step, n, to);
}

// Columns whose maxima are kept at a time.
constexpr int64_t kPoolColumns = 96;

// Whether windows share columns, and some find room in kPoolColumns.
POACL_INLINE bool pool_shares_columns(const PoolGeometry& g) {
  return g.kw > 1 && g.kw >= g.sw && g.kw <= kPoolColumns / 2;
}

// Output row `y`. Every window touches the image.
static void pool_row_maxima(const PoolGeometry& g, const float* image, int64_t y, float* out) {
  float columns[kPoolColumns * kLanes];
  const int64_t y0 = y * g.sh - g.pt;
  const int64_t top = pool_max(y0, 0);
  const int64_t rows = pool_min(y0 + g.kh, g.h) - top;
  const float* row = image + top * g.w * kLanes;
  const int64_t most = (kPoolColumns - g.kw) / g.sw + 1;  // outputs
  for (int64_t x = 0; x < g.ow;) {
    const int64_t last = pool_min(x + most, g.ow);
    const int64_t first_column = pool_max(x * g.sw - g.pl, 0);
    const int64_t end_column = pool_min((last - 1) * g.sw - g.pl + g.kw, g.w);
    pool_all_maxima(row + first_column * kLanes, kLanes, rows, g.w * kLanes,
                    end_column - first_column, columns);
    while (x < last) {
      const int64_t x0 = x * g.sw - g.pl;
      const int64_t left = pool_max(x0, 0);
      const int64_t width = pool_min(x0 + g.kw, g.w) - left;
      // Windows that are whole come together.
      const int64_t whole = width < g.kw ? 1 : pool_min((g.w - g.kw - x0) / g.sw + 1, last - x);
      pool_all_maxima(columns + (left - first_column) * kLanes, g.sw * kLanes, width, kLanes, whole,
                      out + x * kLanes);
      x += whole;
    }
  }
}

}  // namespace poacl::POACL_SIMD
