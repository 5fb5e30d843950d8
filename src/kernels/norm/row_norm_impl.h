// The vector kernel of the row normalisations, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/norm/row_norm.h"
#include "kernels/simd/vec_rows.h"

namespace poacl::POACL_SIMD {

// Sums in single precision stay exact enough over this many elements; their total is a double.
constexpr int64_t kRowNormStrip = 4096;

struct RowSums {
  double sum, squares;  // of x - shift
};

static RowSums row_sums(const float* x, int64_t length, float shift) {
  constexpr int kChains = 4;  // of sums, so that they do not wait for each other
  const Vec shifts = vset1(shift);
  RowSums total{0, 0};
  for (int64_t first = 0; first < length; first += kRowNormStrip) {
    const int64_t end = first + kRowNormStrip < length ? first + kRowNormStrip : length;
    Vec sums[kChains], squares[kChains];
    POACL_UNROLL
    for (int c = 0; c < kChains; ++c) sums[c] = squares[c] = vzero();
    int64_t i = first;
    for (; i + kChains * kLanes <= end; i += kChains * kLanes) {
      POACL_UNROLL
      for (int c = 0; c < kChains; ++c) {
        const Vec d = vsub(vload(x + i + c * kLanes), shifts);
        sums[c] = vadd(sums[c], d);
        squares[c] = vfma(d, d, squares[c]);
      }
    }
    for (; i + kLanes <= end; i += kLanes) {
      const Vec d = vsub(vload(x + i), shifts);
      sums[0] = vadd(sums[0], d);
      squares[0] = vfma(d, d, squares[0]);
    }
    float sum = sum_lanes(vadd(vadd(sums[0], sums[1]), vadd(sums[2], sums[3])));
    float square = sum_lanes(vadd(vadd(squares[0], squares[1]), vadd(squares[2], squares[3])));
    for (; i < end; ++i) {
      const float d = x[i] - shift;
      sum += d;
      square += d * d;
    }
    total.sum += static_cast<double>(sum);
    total.squares += static_cast<double>(square);
  }
  return total;
}

// y = (x - mean) * scale + offset over one stretch.
static void row_affine(const float* x, float* y, int64_t length, float mean, float scale,
                       float offset) {
  const Vec means = vset1(mean);
  const Vec scales = vset1(scale);
  const Vec offsets = vset1(offset);
  int64_t i = 0;
  for (; i + kLanes <= length; i += kLanes) {
    vstore(y + i, vfma(vsub(vload(x + i), means), scales, offsets));
  }
  for (; i < length; ++i) y[i] = (x[i] - mean) * scale + offset;
}

// The same with a number per element; gamma and beta may be null.
static void row_affine_each(const float* x, float* y, int64_t length, float mean, float scale,
                            float offset, const float* gamma, const float* beta) {
  const Vec means = vset1(mean);
  const Vec scales = vset1(scale);
  const Vec offsets = vset1(offset);
  int64_t i = 0;
  for (; i + kLanes <= length; i += kLanes) {
    Vec v = vfma(vsub(vload(x + i), means), scales, offsets);
    if (gamma != nullptr) v = vmul(v, vload(gamma + i));
    if (beta != nullptr) v = vadd(v, vload(beta + i));
    vstore(y + i, v);
  }
  for (; i < length; ++i) {
    float v = (x[i] - mean) * scale + offset;
    if (gamma != nullptr) v *= gamma[i];
    if (beta != nullptr) v += beta[i];
    y[i] = v;
  }
}

static void row_norm_row(const RowNormParams& p, const KernelArgs& args, int64_t row) {
  const float* x = static_cast<const float*>(args.inputs[0]) + row * p.length;
  float* y = static_cast<float*>(args.outputs[0]) + row * p.length;
  const float* gamma = p.has_gamma ? static_cast<const float*>(args.inputs[1]) : nullptr;
  const float* beta = p.has_beta ? static_cast<const float*>(args.inputs[2]) : nullptr;
  const double length = static_cast<double>(p.length);
  // The second pass over what the first left takes away the rounding of large means.
  float shift = 0.0f;
  if (p.centred) shift = static_cast<float>(row_sums(x, p.length, 0.0f).sum / length);
  const RowSums sums = row_sums(x, p.length, shift);
  const double left = p.centred ? sums.sum / length : 0.0;
  const double mean = static_cast<double>(shift) + left;
  const double variance = sums.squares / length - left * left;
  const double scale = 1.0 / __builtin_sqrt(variance + static_cast<double>(p.epsilon));
  const float fmean = static_cast<float>(mean);
  const float fscale = static_cast<float>(scale);
  const float offset = static_cast<float>((static_cast<double>(fmean) - mean) * scale);
  if (p.has_mean) static_cast<float*>(args.outputs[1])[row] = fmean;
  if (p.spread_output != 0) {
    static_cast<float*>(args.outputs[p.spread_output])[row] =
        static_cast<float>(p.spread_is_variance ? variance : scale);
  }
  if (p.inner == 1 && p.parameters == p.length) {
    row_affine_each(x, y, p.length, fmean, fscale, offset, gamma, beta);
    return;
  }
  for (int64_t first = 0; first < p.length; first += p.inner) {
    const int64_t parameter = (row * p.length + first) / p.inner % p.parameters;
    const int64_t width = first + p.inner < p.length ? p.inner : p.length - first;
    const float factor = gamma == nullptr ? 1.0f : gamma[parameter];
    row_affine(x + first, y + first, width, fmean, fscale * factor,
               offset * factor + (beta == nullptr ? 0.0f : beta[parameter]));
  }
}

static void row_norm_run(const KernelArgs& args) {
  const auto& p = *static_cast<const RowNormParams*>(args.params);
  const int64_t rows = 16384 / p.length + 1;
  (*args.parallel)((p.rows + rows - 1) / rows, [&](int64_t chunk, int) {
    const int64_t end = (chunk + 1) * rows < p.rows ? (chunk + 1) * rows : p.rows;
    for (int64_t row = chunk * rows; row < end; ++row) row_norm_row(p, args, row);
  });
}

}  // namespace poacl::POACL_SIMD
