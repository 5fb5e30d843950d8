// The code of unary_vector.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/eltwise/unary_vector.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

template <UnaryKind K>
POACL_INLINE Vec apply_unary(Vec x, Vec alpha, Vec beta) {
  const Vec zero = vzero();
  const Vec one = vset1(1.0f);
  if constexpr (K == UnaryKind::kRelu) return vat_least(x, zero);
  if constexpr (K == UnaryKind::kClip) return vat_most(vat_least(x, alpha), beta);
  if constexpr (K == UnaryKind::kLeakyRelu) return vselect_negative(x, vmul(x, alpha), x);
  if constexpr (K == UnaryKind::kSigmoid) return vsigmoid(x);
  if constexpr (K == UnaryKind::kTanh) return vtanh(x);
  if constexpr (K == UnaryKind::kHardSigmoid) {
    return vactivate(x, ActivationKind::kHardSigmoid, alpha, beta);
  }
  if constexpr (K == UnaryKind::kHardSwish) {
    return vactivate(x, ActivationKind::kHardSwish, alpha, beta);
  }
  if constexpr (K == UnaryKind::kSwish) return vmul(x, vsigmoid(vmul(x, alpha)));
  if constexpr (K == UnaryKind::kElu) {
    return vselect_negative(x, vmul(alpha, vsub(vexp(vat_most(x, zero)), one)), x);
  }
  if constexpr (K == UnaryKind::kSelu) {
    return vmul(beta, vselect_negative(x, vmul(alpha, vsub(vexp(vat_most(x, zero)), one)), x));
  }
  if constexpr (K == UnaryKind::kSoftsign) {
    return vdiv(x, vadd(one, vselect_negative(x, vsub(zero, x), x)));
  }
  if constexpr (K == UnaryKind::kErf) return verf(x);
  if constexpr (K == UnaryKind::kGelu) return vgelu(x);
  if constexpr (K == UnaryKind::kGeluTanh) return vgelu_tanh(x);
  if constexpr (K == UnaryKind::kCelu) {
    const Vec e = vexp(vdiv(vat_most(x, zero), alpha));
    return vselect_negative(x, vmul(alpha, vsub(e, one)), x);
  }
  if constexpr (K == UnaryKind::kMish) {
    // tanh(log(1 + e)) = n / (n + 2) with n = e (e + 2), where e = exp(x); 1 from x = 20 on.
    const Vec e = vexp_full(vat_most(x, vset1(20.0f)));
    const Vec n = vmul(e, vadd(e, vset1(2.0f)));
    return vmul(x, vdiv(n, vadd(n, vset1(2.0f))));
  }
  if constexpr (K == UnaryKind::kThresholdedRelu) {
    return vselect_negative(vsub(alpha, x), x, zero);
  }
  if constexpr (K == UnaryKind::kSqrt) return vsqrt(x);
  if constexpr (K == UnaryKind::kRsqrt) return vdiv(one, vsqrt(x));
  if constexpr (K == UnaryKind::kFloor) return vfloor(x);
  if constexpr (K == UnaryKind::kCeil) {
    return vmul(vfloor(vmul(x, vset1(-1.0f))), vset1(-1.0f));
  }
  if constexpr (K == UnaryKind::kRound) return vround(x);
  if constexpr (K == UnaryKind::kExp) return vexp_full(x);
  if constexpr (K == UnaryKind::kReciprocal) return vdiv(one, x);
  if constexpr (K == UnaryKind::kAbs) return vselect_negative(x, vsub(zero, x), vadd(x, zero));
  if constexpr (K == UnaryKind::kNeg) return vmul(x, vset1(-1.0f));
  return x;
}

template <UnaryKind K>
static void unary_loop(const float* x, float* y, int64_t count, float a, float b) {
  const Vec alpha = vset1(a);
  const Vec beta = vset1(b);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    vstore(y + i, apply_unary<K>(vload(x + i), alpha, beta));
  }
  if (i == count) return;
  float rest[kLanes] = {};
  for (int64_t k = i; k < count; ++k) rest[k - i] = x[k];
  vstore(rest, apply_unary<K>(vload(rest), alpha, beta));
  for (int64_t k = i; k < count; ++k) y[k] = rest[k - i];
}

using UnaryLoop = void (*)(const float*, float*, int64_t, float, float);

static UnaryLoop find_unary_loop(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::kRelu:
      return unary_loop<UnaryKind::kRelu>;
    case UnaryKind::kRelu6:
    case UnaryKind::kClip:
      return unary_loop<UnaryKind::kClip>;
    case UnaryKind::kLeakyRelu:
      return unary_loop<UnaryKind::kLeakyRelu>;
    case UnaryKind::kSigmoid:
      return unary_loop<UnaryKind::kSigmoid>;
    case UnaryKind::kTanh:
      return unary_loop<UnaryKind::kTanh>;
    case UnaryKind::kHardSigmoid:
      return unary_loop<UnaryKind::kHardSigmoid>;
    case UnaryKind::kHardSwish:
      return unary_loop<UnaryKind::kHardSwish>;
    case UnaryKind::kSwish:
      return unary_loop<UnaryKind::kSwish>;
    case UnaryKind::kElu:
      return unary_loop<UnaryKind::kElu>;
    case UnaryKind::kSelu:
      return unary_loop<UnaryKind::kSelu>;
    case UnaryKind::kSoftsign:
      return unary_loop<UnaryKind::kSoftsign>;
    case UnaryKind::kErf:
      return unary_loop<UnaryKind::kErf>;
    case UnaryKind::kGelu:
      return unary_loop<UnaryKind::kGelu>;
    case UnaryKind::kGeluTanh:
      return unary_loop<UnaryKind::kGeluTanh>;
    case UnaryKind::kCelu:
      return unary_loop<UnaryKind::kCelu>;
    case UnaryKind::kMish:
      return unary_loop<UnaryKind::kMish>;
    case UnaryKind::kThresholdedRelu:
      return unary_loop<UnaryKind::kThresholdedRelu>;
    case UnaryKind::kSqrt:
      return unary_loop<UnaryKind::kSqrt>;
    case UnaryKind::kRsqrt:
      return unary_loop<UnaryKind::kRsqrt>;
    case UnaryKind::kFloor:
      return unary_loop<UnaryKind::kFloor>;
    case UnaryKind::kCeil:
      return unary_loop<UnaryKind::kCeil>;
    case UnaryKind::kRound:
      return unary_loop<UnaryKind::kRound>;
    case UnaryKind::kExp:
      return unary_loop<UnaryKind::kExp>;
    case UnaryKind::kReciprocal:
      return unary_loop<UnaryKind::kReciprocal>;
    case UnaryKind::kAbs:
      return unary_loop<UnaryKind::kAbs>;
    case UnaryKind::kNeg:
      return unary_loop<UnaryKind::kNeg>;
    default:
      return nullptr;
  }
}

static void unary_run(const KernelArgs& args) {
  const auto& p = *static_cast<const UnaryParams*>(args.params);
  const auto* x = static_cast<const float*>(args.inputs[0]);
  auto* y = static_cast<float*>(args.outputs[0]);
  const UnaryLoop loop = find_unary_loop(p.kind);
  float alpha = p.alpha;
  float beta = p.beta;
  if (p.bounds_at_run) {
    if (p.has_low) alpha = *static_cast<const float*>(args.inputs[1]);
    if (p.has_high) beta = *static_cast<const float*>(args.inputs[2]);
  }
  (*args.parallel)((p.count + p.chunk - 1) / p.chunk, [&](int64_t chunk, int) {
    const int64_t begin = chunk * p.chunk;
    const int64_t rest = p.count - begin;
    loop(x + begin, y + begin, rest < p.chunk ? rest : p.chunk, alpha, beta);
  });
}

}  // namespace poacl::POACL_SIMD
