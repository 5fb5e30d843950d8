// Exponential and activations over vectors, in the namespace of the including unit's ISA.
// Include after vec_<isa>.h.
#pragma once

#include <cstdint>

#include "kernels/activation.h"

namespace poacl::POACL_SIMD {

// e^x to within 2 units in the last place for -87.3 <= x <= 88; that of the nearest end outside.
POACL_INLINE Vec vexp(Vec x) {
  const Vec clamped = vat_most(vat_least(x, vset1(-87.33654f)), vset1(88.0f));
  const Vec shift = vset1(12582912.0f);  // 1.5 * 2^23: the sum's low bits are the rounded integer
  const Vec t = vfma(clamped, vset1(1.44269504f), shift);
  const Vec n = vsub(t, shift);
  Vec r = vfma(n, vset1(-0.693359375f), clamped);
  r = vfma(n, vset1(2.12194440e-4f), r);
  Vec p = vset1(1.9875691500e-4f);
  p = vfma(p, r, vset1(1.3981999507e-3f));
  p = vfma(p, r, vset1(8.3334519073e-3f));
  p = vfma(p, r, vset1(4.1665795894e-2f));
  p = vfma(p, r, vset1(1.6666665459e-1f));
  p = vfma(p, r, vset1(5.0000001201e-1f));
  p = vfma(p, vmul(r, r), vadd(r, vset1(1.0f)));
  return vmul(p, vexp2_of_shifted(t));
}

// e^x over all of float, as two halves: results beyond vexp's range become infinite or zero.
POACL_INLINE Vec vexp_full(Vec x) {
  const Vec half = vexp(vmul(x, vset1(0.5f)));
  return vmul(half, half);
}

// Reaches zero, so that x * sigmoid(x) does for large negative x.
POACL_INLINE Vec vsigmoid(Vec x) {
  const Vec one = vset1(1.0f);
  return vdiv(one, vadd(one, vexp_full(vsub(vzero(), x))));
}

// tanh(x) = 1 - 2 / (e^2x + 1), and x's own polynomial near zero where that cancels.
POACL_INLINE Vec vtanh(Vec x) {
  const Vec one = vset1(1.0f);
  const Vec e = vexp(vadd(x, x));
  const Vec far = vsub(one, vdiv(vset1(2.0f), vadd(e, one)));
  const Vec s = vmul(x, x);
  Vec p = vset1(-5.70498872745e-3f);
  p = vfma(p, s, vset1(2.06390887954e-2f));
  p = vfma(p, s, vset1(-5.37397155531e-2f));
  p = vfma(p, s, vset1(1.33314422036e-1f));
  p = vfma(p, s, vset1(-3.33332819422e-1f));
  const Vec near = vfma(vmul(p, s), x, x);
  return vselect_negative(vsub(s, vset1(0.390625f)), near, far);
}

// Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7; near zero, where that is the whole
// value, the series.
POACL_INLINE Vec verf(Vec x) {
  const Vec one = vset1(1.0f);
  const Vec magnitude = vselect_negative(x, vsub(vzero(), x), x);
  const Vec t = vdiv(one, vfma(magnitude, vset1(0.3275911f), one));
  Vec p = vset1(1.061405429f);
  p = vfma(p, t, vset1(-1.453152027f));
  p = vfma(p, t, vset1(1.421413741f));
  p = vfma(p, t, vset1(-0.284496736f));
  p = vfma(p, t, vset1(0.254829592f));
  p = vmul(p, t);
  const Vec y = vsub(one, vmul(p, vexp(vsub(vzero(), vmul(magnitude, magnitude)))));
  const Vec far = vselect_negative(x, vsub(vzero(), y), y);
  const Vec s = vmul(magnitude, magnitude);
  Vec q = vset1(-2.68661706e-2f);
  q = vfma(q, s, vset1(1.12837917e-1f));
  q = vfma(q, s, vset1(-3.76126389e-1f));
  q = vfma(q, s, vset1(1.12837917f));
  return vselect_negative(vsub(s, vset1(0.0625f)), vmul(x, q), far);
}

POACL_INLINE Vec vgelu(Vec x) {
  return vmul(vmul(vset1(0.5f), x), vadd(vset1(1.0f), verf(vmul(x, vset1(0.707106781f)))));
}
POACL_INLINE Vec vgelu_tanh(Vec x) {
  const Vec inner = vmul(vset1(0.797884561f), vfma(vmul(vmul(x, x), x), vset1(0.044715f), x));
  return vmul(vmul(vset1(0.5f), x), vadd(vset1(1.0f), vtanh(inner)));
}

// One activation of one vector. kNone, kRelu and kClip are done by clamping (see Clamp).
POACL_INLINE Vec vactivate(Vec x, ActivationKind kind, Vec alpha, Vec beta) {
  const Vec zero = vzero();
  const Vec one = vset1(1.0f);
  switch (kind) {
    case ActivationKind::kLeakyRelu:
      return vselect_negative(x, vmul(x, alpha), x);
    case ActivationKind::kSigmoid:
      return vsigmoid(x);
    case ActivationKind::kTanh:
      return vtanh(x);
    case ActivationKind::kHardSigmoid:
      return vat_most(vat_least(vfma(x, alpha, beta), zero), one);
    case ActivationKind::kHardSwish: {
      const Vec gate = vfma(x, vset1(1.0f / 6.0f), vset1(0.5f));
      return vmul(x, vat_most(vat_least(gate, zero), one));
    }
    case ActivationKind::kSwish:
      return vmul(x, vsigmoid(x));
    case ActivationKind::kGelu:
      return vgelu(x);
    case ActivationKind::kGeluTanh:
      return vgelu_tanh(x);
    case ActivationKind::kRelu:
      return vat_least(x, zero);
    case ActivationKind::kClip:
      return vat_most(vat_least(x, alpha), beta);
    case ActivationKind::kNone:
      break;
  }
  return x;
}

// In place over `count` vectors; for activations that are more than a clamp.
[[maybe_unused]] static void activate_vectors(float* p, int64_t count, ActivationKind kind,
                                              float alpha, float beta) {
  const Vec a = vset1(alpha);
  const Vec b = vset1(beta);
  for (int64_t i = 0; i < count; ++i, p += kLanes) vstore(p, vactivate(vload(p), kind, a, b));
}

}  // namespace poacl::POACL_SIMD
