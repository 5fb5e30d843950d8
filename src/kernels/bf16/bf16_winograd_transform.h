// The transforms of bf16_winograd.h. Include after bf16_vec.h.
#pragma once

#include "kernels/bf16/bf16_finish.h"

namespace poacl::bf16 {

// t = B^T d: rows of 1 0 -1 0, 0 1 1 0, 0 -1 1 0, 0 1 0 -1.
POACL_INLINE void into_points(Vec d0, Vec d1, Vec d2, Vec d3, Vec* t) {
  t[0] = vsub(d0, d2);
  t[1] = vadd(d1, d2);
  t[2] = vsub(d2, d1);
  t[3] = vsub(d1, d3);
}

// N neighbouring tiles of one channel block, whose first pixel is row y, column x of the padded
// image: sixteen matrices, `step` elements apart. Pixels outside h x w are zero.
template <int N, bool Inside>
POACL_INLINE void transform_tiles(const uint16_t* plane, int64_t y, int64_t x, int64_t h, int64_t w,
                                  uint16_t* to, int64_t step) {
  constexpr int kColumns = 2 * N + 2;
  Vec half[kColumns][4];
  POACL_UNROLL
  for (int j = 0; j < kColumns; ++j) {
    Vec d[4];
    POACL_UNROLL
    for (int i = 0; i < 4; ++i) {
      const bool valid = Inside || (y + i >= 0 && y + i < h && x + j >= 0 && x + j < w);
      d[i] = valid ? load(plane + ((y + i) * w + x + j) * 16) : vzero();
    }
    into_points(d[0], d[1], d[2], d[3], half[j]);
  }
  POACL_UNROLL
  for (int i = 0; i < 4; ++i) {
    Vec t[N][4];
    POACL_UNROLL
    for (int n = 0; n < N; ++n) {
      into_points(half[2 * n][i], half[2 * n + 1][i], half[2 * n + 2][i], half[2 * n + 3][i], t[n]);
    }
    POACL_UNROLL
    for (int j = 0; j < 4; ++j) {
      uint16_t* at = to + (i * 4 + j) * step;
      if constexpr (N == 2) {
        store_two(at, t[0][j], t[1][j]);
      } else {
        store(at, t[0][j]);
      }
    }
  }
}

// y = A^T p: rows of 1 1 1 0, 0 1 -1 -1.
POACL_INLINE void from_points(Vec p0, Vec p1, Vec p2, Vec p3, Vec* y) {
  y[0] = vadd(p0, vadd(p1, p2));
  y[1] = vsub(vsub(p1, p2), p3);
}

// Two by two results of one tile from its sixteen products, `step` floats apart.
POACL_INLINE void transform_back(const float* from, int64_t step, Vec result[2][2]) {
  Vec half[4][2];
  POACL_UNROLL
  for (int j = 0; j < 4; ++j) {
    from_points(vload(from + j * step), vload(from + (4 + j) * step), vload(from + (8 + j) * step),
                vload(from + (12 + j) * step), half[j]);
  }
  POACL_UNROLL
  for (int i = 0; i < 2; ++i) {
    from_points(half[0][i], half[1][i], half[2][i], half[3][i], result[i]);
  }
}

}  // namespace poacl::bf16
