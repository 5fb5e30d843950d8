// The code of int8_norm.h, in the namespace of the including unit's ISA. Include after vec_<isa>.h.
#pragma once

#include "kernels/int8/int8_norm.h"
#include "kernels/int8/int8_vec.h"

namespace poacl::POACL_SIMD {
namespace {

// Sum over the row of x - shift, or of its square, in single precision over short strips.
double norm_sum(const float* x, int64_t length, float shift, bool squared) {
  constexpr int64_t kStrip = 256 * kLanes;
  const Vec shifts = vset1(shift);
  double total = 0;
  for (int64_t first = 0; first < length; first += kStrip) {
    const int64_t end = least(first + kStrip, length);
    Vec sums[2] = {vzero(), vzero()};
    int64_t i = first;
    for (; i + 2 * kLanes <= end; i += 2 * kLanes) {
      const Vec a = vsub(vload(x + i), shifts);
      const Vec b = vsub(vload(x + i + kLanes), shifts);
      sums[0] = squared ? vfma(a, a, sums[0]) : vadd(sums[0], a);
      sums[1] = squared ? vfma(b, b, sums[1]) : vadd(sums[1], b);
    }
    float rest = sum_of(vadd(sums[0], sums[1]));
    for (; i < end; ++i) {
      const float d = x[i] - shift;
      rest += squared ? d * d : d;
    }
    total += static_cast<double>(rest);
  }
  return total;
}

void norm_row(const Int8NormParams& p, const KernelArgs& args, int64_t row) {
  const int64_t length = p.norm.length;
  const float* x = static_cast<const float*>(args.inputs[0]) + row * length;
  uint8_t* y = static_cast<uint8_t*>(args.outputs[0]) + row * length;
  // The operator may have fewer inputs than these.
  const auto* gamma = p.norm.has_gamma ? static_cast<const float*>(args.inputs[1]) : nullptr;
  const auto* beta = p.norm.has_beta ? static_cast<const float*>(args.inputs[2]) : nullptr;
  const double count = static_cast<double>(length);
  const auto guess = static_cast<float>(norm_sum(x, length, 0.0f, false) / count);
  // What the first pass left takes away the rounding of large means.
  const auto mean =
      static_cast<float>(static_cast<double>(guess) + norm_sum(x, length, guess, false) / count);
  const double variance = norm_sum(x, length, mean, true) / count;
  const Vec means = vset1(mean);
  const Vec scale = vset1(
      static_cast<float>(1.0 / __builtin_sqrt(variance + static_cast<double>(p.norm.epsilon))));
  const Vec inverse = vset1(p.inverse);
  const Vec low = vset1(p.low);
  const Vec high = vset1(p.high);
  for (int64_t i = 0; i < length; i += kLanes) {
    const int64_t there = length - i;
    const bool whole = there >= kLanes;
    Vec v = vmul(vsub(whole ? vload(x + i) : vload_some(x + i, there, 0.0f), means), scale);
    if (p.norm.has_gamma) {
      v = vmul(v, whole ? vload(gamma + i) : vload_some(gamma + i, there, 0.0f));
    }
    if (p.norm.has_beta) v = vadd(v, whole ? vload(beta + i) : vload_some(beta + i, there, 0.0f));
    v = vclip(vmul(v, inverse), low, high);
    if (whole) {
      vstore_bytes(y + i, v, p.offset);
      continue;
    }
    uint8_t bytes[kLanes];
    vstore_bytes(bytes, v, p.offset);
    for (int64_t k = 0; k < there; ++k) y[i + k] = bytes[k];
  }
}

void norm_run(const KernelArgs& args) {
  const auto& p = *static_cast<const Int8NormParams*>(args.params);
  const int64_t rows = 16384 / (p.norm.length + 1) + 1;
  (*args.parallel)((p.norm.rows + rows - 1) / rows, [&](int64_t chunk, int) {
    const int64_t end = least((chunk + 1) * rows, p.norm.rows);
    for (int64_t row = chunk * rows; row < end; ++row) norm_row(p, args, row);
  });
}

}  // namespace
}  // namespace poacl::POACL_SIMD
