// The vector kernels of softmax and batch normalisation, in the namespace of the including unit's
// ISA.
#pragma once

#include "kernels/norm/norm_kernels.h"
#include "kernels/simd/vec_math.h"
#include "kernels/simd/vec_rows.h"

namespace poacl::POACL_SIMD {

constexpr float kLeast = -__builtin_inff();

// inner == 1: one contiguous row.
static void softmax_row(const float* x, float* y, int64_t length, bool log) {
  Vec most_lanes = vset1(kLeast);
  int64_t i = 0;
  for (; i + kLanes <= length; i += kLanes) most_lanes = vat_least(vload(x + i), most_lanes);
  if (i < length) most_lanes = vat_least(vload_some(x + i, length - i, kLeast), most_lanes);
  const float most = most_lane(most_lanes);
  const Vec shift = vset1(most);
  Vec sums = vzero();
  float sum = 0;
  for (i = 0; i + kLanes <= length; i += kLanes) {
    const Vec e = vexp_full(vsub(vload(x + i), shift));
    if (!log) vstore(y + i, e);
    sums = vadd(sums, e);
  }
  if (i < length) {
    float rest[kLanes];
    vstore(rest, vexp_full(vsub(vload_some(x + i, length - i, most), shift)));
    for (int64_t k = i; k < length; ++k) {
      if (!log) y[k] = rest[k - i];
      sum += rest[k - i];
    }
  }
  sum += sum_lanes(sums);
  const float factor = log ? __builtin_logf(sum) : 1.0f / sum;
  const Vec factors = vset1(factor);
  for (i = 0; i + kLanes <= length; i += kLanes) {
    // Not x - (most + log): that sum would round away the logarithm next to a large number.
    vstore(y + i, log ? vsub(vsub(vload(x + i), shift), factors) : vmul(vload(y + i), factors));
  }
  for (; i < length; ++i) y[i] = log ? x[i] - most - factor : y[i] * factor;
}

// inner > 1: up to kLanes neighbouring columns at once.
static void softmax_columns(const float* x, float* y, int64_t length, int64_t step, int64_t width,
                            bool log) {
  const bool whole = width == kLanes;
  const auto load = [&](const float* p) __attribute__((always_inline)) {
    return whole ? vload(p) : vload_some(p, width, 0.0f);
  };
  const auto store = [&](float* p, Vec v) __attribute__((always_inline)) {
    if (whole) {
      vstore(p, v);
    } else {
      vstore_some(p, v, width);
    }
  };
  Vec most = vset1(kLeast);
  for (int64_t k = 0; k < length; ++k) most = vat_least(load(x + k * step), most);
  Vec sum = vzero();
  for (int64_t k = 0; k < length; ++k) {
    const Vec e = vexp_full(vsub(load(x + k * step), most));
    if (!log) store(y + k * step, e);
    sum = vadd(sum, e);
  }
  if (!log) {
    const Vec factor = vdiv(vset1(1.0f), sum);
    for (int64_t k = 0; k < length; ++k) store(y + k * step, vmul(load(y + k * step), factor));
    return;
  }
  float lanes[kLanes];
  vstore(lanes, sum);
  for (float& lane : lanes) lane = __builtin_logf(lane);
  const Vec shift = vload(lanes);
  for (int64_t k = 0; k < length; ++k) {
    store(y + k * step, vsub(vsub(load(x + k * step), most), shift));
  }
}

static void softmax_run(const KernelArgs& args) {
  const auto& p = *static_cast<const SoftmaxParams*>(args.params);
  const auto* x = static_cast<const float*>(args.inputs[0]);
  auto* y = static_cast<float*>(args.outputs[0]);
  if (p.outer * p.length * p.inner == 0) return;
  if (p.inner == 1) {
    const int64_t rows = 16384 / p.length + 1;
    (*args.parallel)((p.outer + rows - 1) / rows, [&](int64_t chunk, int) {
      const int64_t end = (chunk + 1) * rows < p.outer ? (chunk + 1) * rows : p.outer;
      for (int64_t o = chunk * rows; o < end; ++o) {
        softmax_row(x + o * p.length, y + o * p.length, p.length, p.log);
      }
    });
    return;
  }
  const int64_t blocks = (p.inner + kLanes - 1) / kLanes;
  (*args.parallel)(p.outer * blocks, [&](int64_t chunk, int) {
    const int64_t first = chunk % blocks * kLanes;
    const int64_t offset = chunk / blocks * p.length * p.inner + first;
    const int64_t width = p.inner - first < kLanes ? p.inner - first : kLanes;
    softmax_columns(x + offset, y + offset, p.length, p.inner, width, p.log);
  });
}

// Plain: a row is one channel of one image. Blocked: one block of channels.
static void batch_norm_run(const KernelArgs& args) {
  const auto& p = *static_cast<const BatchNormParams*>(args.params);
  const auto* x = static_cast<const float*>(args.inputs[0]);
  auto* y = static_cast<float*>(args.outputs[0]);
  const auto* factor = static_cast<const float*>(args.inputs[1]);
  const float* offset = factor + p.rows * p.block;
  const int64_t length = p.plane * p.block;
  if (p.batch * p.rows * length == 0) return;
  const int64_t rows = 16384 / length + 1;
  const int64_t total = p.batch * p.rows;
  (*args.parallel)((total + rows - 1) / rows, [&](int64_t chunk, int) {
    const int64_t end = (chunk + 1) * rows < total ? (chunk + 1) * rows : total;
    for (int64_t r = chunk * rows; r < end; ++r) {
      const float* from = x + r * length;
      float* to = y + r * length;
      const int64_t c = r % p.rows;
      if (p.block == 1) {
        const Vec a = vset1(factor[c]);
        const Vec b = vset1(offset[c]);
        int64_t i = 0;
        for (; i + kLanes <= length; i += kLanes) vstore(to + i, vfma(vload(from + i), a, b));
        for (; i < length; ++i) to[i] = from[i] * factor[c] + offset[c];
        continue;
      }
      for (int lane = 0; lane < p.block; lane += kLanes) {
        const Vec a = vload(factor + c * p.block + lane);
        const Vec b = vload(offset + c * p.block + lane);
        for (int64_t i = lane; i < length; i += p.block) {
          vstore(to + i, vfma(vload(from + i), a, b));
        }
      }
    }
  });
}

}  // namespace poacl::POACL_SIMD
