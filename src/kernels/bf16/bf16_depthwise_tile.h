// The register tiles of depthwise convolution. Include after bf16_vec.h.
#pragma once

#include "kernels/bf16/bf16_finish.h"

namespace poacl::bf16 {

// Output pixels of one channel block. `in` is the input at the first tap of the first pixel; it may
// lie outside the image, as the first `left` and last `right` columns and the first `top` and last
// `bottom` rows of the window do.
struct Window {
  const uint16_t* in;
  const float* weights;  // of the block
  int64_t row_step;      // between input rows that neighbouring taps read
  int64_t top, bottom, left, right;
  Vec start;  // bias
  const uint16_t* residual;
  uint16_t* out;
  int64_t out_row;
  int64_t channels;  // of the block that are not padding
};

template <int Q>
POACL_INLINE void start_at(Vec start, Vec* sums) {
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) sums[q] = start;
}

// One row of Q pixels, filters of K x K or any number of rows by K.
template <int K, int S, int Q>
void depthwise_row(const Finish& f, const Window& w, int64_t filter_rows) {
  constexpr int kColumns = (Q - 1) * S + K;
  Vec acc[Q];
  start_at<Q>(w.start, acc);
  for (int64_t i = w.top; i < filter_rows - w.bottom; ++i) {
    const uint16_t* row = w.in + i * w.row_step;
    Vec taps[K];
    POACL_UNROLL
    for (int k = 0; k < K; ++k) taps[k] = vload(w.weights + (i * K + k) * 16);
    POACL_UNROLL
    for (int j = 0; j < kColumns; ++j) {
      // Only K - 1 columns at either end can lie outside.
      if (j < K - 1 && j < w.left) continue;
      if (j > kColumns - K && j >= kColumns - w.right) continue;
      const Vec v = load(row + j * 16);
      POACL_UNROLL
      for (int k = 0; k < K; ++k) {
        const int q = (j - k) / S;
        if (j >= k && (j - k) % S == 0 && q < Q) acc[q] = vfma(v, taps[k], acc[q]);
      }
    }
  }
  store_pixels<Q>(f, acc, w.channels, w.residual, w.out);
}

// Two rows of Q pixels of a 3 x 3 filter: input rows between them are read once.
template <int S, int Q>
void depthwise_pair(const Finish& f, const Window& w, int64_t) {
  constexpr int kColumns = (Q - 1) * S + 3;
  constexpr int kRows = S + 3;
  Vec taps[9];
  POACL_UNROLL
  for (int k = 0; k < 9; ++k) taps[k] = vload(w.weights + k * 16);
  Vec upper[Q];
  Vec lower[Q];
  start_at<Q>(w.start, upper);
  start_at<Q>(w.start, lower);
  POACL_UNROLL
  for (int i = 0; i < kRows; ++i) {
    if (i < w.top || i >= kRows - w.bottom) continue;
    const uint16_t* row = w.in + i * w.row_step;
    POACL_UNROLL
    for (int j = 0; j < kColumns; ++j) {
      if (j < 2 && j < w.left) continue;
      if (j > kColumns - 3 && j >= kColumns - w.right) continue;
      const Vec v = load(row + j * 16);
      POACL_UNROLL
      for (int k = 0; k < 3; ++k) {
        const int q = (j - k) / S;
        if (j < k || (j - k) % S != 0 || q >= Q) continue;
        if (i < 3) upper[q] = vfma(v, taps[i < 3 ? i * 3 + k : 0], upper[q]);
        if (i >= S) lower[q] = vfma(v, taps[i >= S ? (i - S) * 3 + k : 0], lower[q]);
      }
    }
  }
  store_pixels<Q>(f, upper, w.channels, w.residual, w.out);
  store_pixels<Q>(f, lower, w.channels, w.residual == nullptr ? nullptr : w.residual + w.out_row,
                  w.out + w.out_row);
}

using DepthwiseFn = void (*)(const Finish& f, const Window& w, int64_t filter_rows);

template <int K, int S, int Q>
DepthwiseFn find_row(int64_t width) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    return width == Q ? depthwise_row<K, S, Q> : find_row<K, S, Q - 1>(width);
  }
}

template <int S, int Q>
DepthwiseFn find_pair(int64_t width) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    return width == Q ? depthwise_pair<S, Q> : find_pair<S, Q - 1>(width);
  }
}

// Tiles exist for strides 1 and 2 and filters 3 and 5 wide.
POACL_INLINE DepthwiseFn find_depthwise(bool pair, int64_t k, int64_t s, int64_t width) {
  if (pair) return s == 1 ? find_pair<1, 10>(width) : find_pair<2, 10>(width);
  if (k == 3) return s == 1 ? find_row<3, 1, 14>(width) : find_row<3, 2, 14>(width);
  return s == 1 ? find_row<5, 1, 14>(width) : find_row<5, 2, 14>(width);
}

}  // namespace poacl::bf16
