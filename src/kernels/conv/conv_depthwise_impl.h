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

// Any filter and dilation; `r.in` is the first tap of the first pixel, and every tap is inside.
// ColStep is the stride, 0: any.
template <int Q, int ColStep>
void depthwise_spread(const ConvDepthwiseParams& p, const DepthwiseRow& r) {
  Vec acc[Q];
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) acc[q] = r.start;
  const int64_t step = (ColStep != 0 ? ColStep : p.sw) * kLanes;
  const int64_t tap_step = p.dw * kLanes;
  const float* row = r.in;
  const float* weights = r.weights;
  for (int64_t i = 0; i < r.rows; ++i, row += r.row_step) {
    const float* in = row;
    for (int64_t k = 0; k < p.kw; ++k, in += tap_step, weights += kLanes) {
      const Vec w = vload(weights);
      POACL_UNROLL
      for (int q = 0; q < Q; ++q) acc[q] = vfma(vload(in + q * step), w, acc[q]);
    }
  }
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) store_depthwise(r, q, acc[q]);
}

using DepthwiseSpreadFn = void (*)(const ConvDepthwiseParams&, const DepthwiseRow&);

template <int Q>
DepthwiseSpreadFn find_depthwise_spread(int64_t width, int64_t stride) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    if (width != Q) return find_depthwise_spread<Q - 1>(width, stride);
    if (stride == 1) return depthwise_spread<Q, 1>;
    return stride == 2 ? depthwise_spread<Q, 2> : depthwise_spread<Q, 0>;
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

// One row, any filter, stride and dilation. `row` is the row of the first valid tap, from the
// first tap of the first pixel on.
static void depthwise_spread_row(const ConvDepthwiseParams& p, DepthwiseRow r, const float* row) {
  for (int64_t q = 0; q < p.ow; q += p.any_tile) {
    const int64_t width = depthwise_min(p.any_tile, p.ow - q);
    r.in = row + q * p.sw * kLanes;
    find_depthwise_spread<kRowTile>(width, p.sw)(p, r);
    r.out += width * kLanes;
    if (r.residual != nullptr) r.residual += width * kLanes;
  }
}

// Rows [begin, end) of a plane with their padding to the side.
static void copy_rows(const ConvDepthwiseParams& p, const float* plane, int64_t begin, int64_t end,
                      float* dst) {
  const int64_t inside = depthwise_min(p.w, p.width - p.left);
  for (int64_t y = begin; y < end; ++y, dst += p.width * kLanes) {
    const float* src = plane + y * p.w * kLanes;
    for (int64_t x = 0; x < p.left; ++x) vstore(dst + x * kLanes, vzero());
    float* to = dst + p.left * kLanes;
    for (int64_t x = 0; x < inside; ++x) vstore(to + x * kLanes, vload(src + x * kLanes));
    for (int64_t x = p.left + inside; x < p.width; ++x) vstore(dst + x * kLanes, vzero());
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
  const bool copied = p.width != 0;
  const int64_t row_floats = (copied ? p.width : p.w) * kLanes;
  (*args.parallel)(p.batch * p.blocks * bands, [&](int64_t chunk, int worker) {
    const int64_t plane = chunk / bands;
    const int64_t block = plane % p.blocks;
    const int64_t first = chunk % bands * p.band;
    const int64_t last = depthwise_min(first + p.band, p.oh);
    const bool clear = p.clear_tail && block + 1 == p.blocks;
    const float* source = image + plane * p.h * p.w * kLanes;
    if (copied) {
      // The copy takes the plane's place: its first row is where row 0 would be.
      auto* rows = reinterpret_cast<float*>(args.scratch) + worker * p.scratch;
      const int64_t top = depthwise_min(depthwise_max(first * p.sh - p.pt, 0), p.h);
      const int64_t bottom = depthwise_min((last - 1) * p.sh - p.pt + (p.kh - 1) * p.dh + 1, p.h);
      copy_rows(p, source, top, bottom, rows);
      source = rows - top * row_floats;
    }
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
      const float* row = source + (y0 + taps.begin * p.dh) * row_floats;
      if (p.tile != 0) {
        depthwise_tiles(p, r, row);
      } else {
        depthwise_spread_row(p, r, row);
      }
      if (clear || p.activation.kind != ActivationKind::kNone) {
        finish_depthwise(p, out + at, p.ow, clear);
      }
    }
  });
}

}  // namespace poacl::POACL_SIMD
