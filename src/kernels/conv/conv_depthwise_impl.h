// The code of conv_depthwise.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/conv/conv_depthwise.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

// One row of output pixels of one channel block. `in` is the input at the first tap of the first
// pixel (it may lie outside the image); the first `left` and last `right` input columns of the
// row's window lie outside.
struct DepthwiseRow {
  const float* in;
  const float* weights;  // of the first valid filter row
  int64_t rows;          // valid filter rows
  int64_t row_step;      // between them, in floats
  int64_t left, right;
  Vec start;  // bias
  const float* residual;
  float* out;
  Vec low, high;
};

POACL_INLINE void store_depthwise(const DepthwiseRow& r, int64_t q, Vec v) {
  if (r.residual != nullptr) v = vadd(v, vload(r.residual + q * kLanes));
  vstore(r.out + q * kLanes, vat_most(vat_least(v, r.low), r.high));
}

template <int K, int S, int Q>
void depthwise_tile(const DepthwiseRow& r) {
  constexpr int kColumns = (Q - 1) * S + K;
  Vec acc[Q];
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) acc[q] = r.start;
  const float* row = r.in;
  const float* weights = r.weights;
  for (int64_t i = 0; i < r.rows; ++i, row += r.row_step, weights += K * kLanes) {
    Vec w[K];
    POACL_UNROLL
    for (int k = 0; k < K; ++k) w[k] = vload(weights + k * kLanes);
    POACL_UNROLL
    for (int j = 0; j < kColumns; ++j) {
      // Only K - 1 columns at either end can lie outside.
      if (j < K - 1 && j < r.left) continue;
      if (j > kColumns - K && j >= kColumns - r.right) continue;
      const Vec v = vload(row + j * kLanes);
      POACL_UNROLL
      for (int k = 0; k < K; ++k) {
        const int q = (j - k) / S;
        if (j >= k && (j - k) % S == 0 && q < Q) acc[q] = vfma(v, w[k], acc[q]);
      }
    }
  }
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) store_depthwise(r, q, acc[q]);
}

using DepthwiseTileFn = void (*)(const DepthwiseRow&);

template <int K, int S, int Q>
DepthwiseTileFn find_depthwise_width(int64_t width) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    return width == Q ? depthwise_tile<K, S, Q> : find_depthwise_width<K, S, Q - 1>(width);
  }
}

// Tiles exist for square strides 1 and 2 and filters 3 and 5 wide.
POACL_INLINE DepthwiseTileFn find_depthwise_tile(int64_t k, int64_t s, int64_t width) {
  if (k == 3) {
    return s == 1 ? find_depthwise_width<3, 1, kRowTile>(width)
                  : find_depthwise_width<3, 2, kRowTile>(width);
  }
  return s == 1 ? find_depthwise_width<5, 1, kRowTile>(width)
                : find_depthwise_width<5, 2, kRowTile>(width);
}

POACL_INLINE int64_t depthwise_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}
POACL_INLINE int64_t depthwise_max(int64_t a, int64_t b) {
  return a > b ? a : b;
}

// The taps [begin, end) of `count`, `step` apart, that fall on [0, size) from `origin`.
struct TapRange {
  int64_t begin, end;
};
POACL_INLINE TapRange taps_inside(int64_t origin, int64_t step, int64_t count, int64_t size) {
  const int64_t begin = depthwise_min(origin >= 0 ? 0 : (step - 1 - origin) / step, count);
  const int64_t end = origin >= size ? 0 : (size - origin + step - 1) / step;
  return {begin, depthwise_max(depthwise_min(end, count), begin)};
}

// One row, any filter, stride and dilation. `row` is the image row of the first valid tap.
static void depthwise_pixels(const ConvDepthwiseParams& p, const DepthwiseRow& r,
                             const float* row) {
  for (int64_t q = 0; q < p.ow; ++q) {
    const int64_t x0 = q * p.sw - p.pl;
    const TapRange cols = taps_inside(x0, p.dw, p.kw, p.w);
    Vec acc = r.start;
    for (int64_t i = 0; i < r.rows; ++i) {
      for (int64_t k = cols.begin; k < cols.end; ++k) {
        acc = vfma(vload(row + i * r.row_step + (x0 + k * p.dw) * kLanes),
                   vload(r.weights + (i * p.kw + k) * kLanes), acc);
      }
    }
    store_depthwise(r, q, acc);
  }
}

// One row in register tiles; dilation 1.
static void depthwise_tiles(const ConvDepthwiseParams& p, DepthwiseRow r, const float* row) {
  for (int64_t q = 0; q < p.ow; q += p.tile) {
    const int64_t width = depthwise_min(p.tile, p.ow - q);
    const int64_t x0 = q * p.sw - p.pl;
    const int64_t x1 = x0 + (width - 1) * p.sw + p.kw;
    r.in = row + x0 * kLanes;
    r.left = x0 < 0 ? -x0 : 0;
    r.right = x1 > p.w ? x1 - p.w : 0;
    find_depthwise_tile(p.kw, p.sw, width)(r);
    r.out += width * kLanes;
    if (r.residual != nullptr) r.residual += width * kLanes;
  }
}

static void finish_depthwise(const ConvDepthwiseParams& p, float* out, int64_t pixels, bool clear) {
  if (p.activation.kind != ActivationKind::kNone) {
    activate_vectors(out, pixels, p.activation.kind, p.activation.alpha, p.activation.beta);
  }
  for (int64_t q = 0; clear && q < pixels; ++q) {
    for (int64_t c = p.tail; c < kLanes; ++c) out[q * kLanes + c] = 0.0f;
  }
}

static void conv_depthwise_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ConvDepthwiseParams*>(args.params);
  const auto* image = static_cast<const float*>(args.inputs[0]);
  const auto* filter = static_cast<const float*>(args.inputs[1]);
  const auto* bias = p.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr;
  const auto* residual = p.has_residual ? static_cast<const float*>(args.inputs[3]) : nullptr;
  auto* out = static_cast<float*>(args.outputs[0]);
  const int64_t bands = (p.oh + p.band - 1) / p.band;
  const int64_t row_floats = p.w * kLanes;
  (*args.parallel)(p.batch * p.blocks * bands, [&](int64_t chunk, int) {
    const int64_t plane = chunk / bands;
    const int64_t block = plane % p.blocks;
    const int64_t first = chunk % bands * p.band;
    const int64_t last = depthwise_min(first + p.band, p.oh);
    const bool clear = p.clear_tail && block + 1 == p.blocks;
    DepthwiseRow r{};
    r.row_step = p.dh * row_floats;
    r.start = bias == nullptr ? vzero() : vload(bias + block * kLanes);
    r.low = vset1(p.low);
    r.high = vset1(p.high);
    for (int64_t y = first; y < last; ++y) {
      const int64_t y0 = y * p.sh - p.pt;
      const TapRange taps = taps_inside(y0, p.dh, p.kh, p.h);
      const int64_t at = (plane * p.oh + y) * p.ow * kLanes;
      r.rows = taps.end - taps.begin;
      r.weights = filter + (block * p.kh + taps.begin) * p.kw * kLanes;
      r.residual = residual == nullptr ? nullptr : residual + at;
      r.out = out + at;
      const float* row = image + (plane * p.h + y0 + taps.begin * p.dh) * row_floats;
      if (p.tile != 0) {
        depthwise_tiles(p, r, row);
      } else {
        depthwise_pixels(p, r, row);
      }
      if (clear || p.activation.kind != ActivationKind::kNone) {
        finish_depthwise(p, out + at, p.ow, clear);
      }
    }
  });
}

}  // namespace poacl::POACL_SIMD
