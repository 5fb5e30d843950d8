// The vector of a kernel translation unit for any CPU: eight floats as two of the compiler's
// portable four-lane vectors; see vec_avx512.h.
#pragma once

#include <cstring>

#include "kernels/simd/generic_tile.h"
#include "kernels/simd/vec_common.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

#define POACL_SIMD generic

namespace poacl::generic {

typedef float Float4 __attribute__((vector_size(16)));
typedef int Int4 __attribute__((vector_size(16)));

struct Vec {
  Float4 low, high;
};
inline constexpr int kLanes = 8;
inline constexpr int kTile = kGenericTile;
inline constexpr int kRowTile = 4;

POACL_INLINE Float4 broadcast4(float x) {
  return Float4{x, x, x, x};
}
POACL_INLINE Float4 pick4(Int4 mask, Float4 a, Float4 b) {
  return reinterpret_cast<Float4>((mask & reinterpret_cast<Int4>(a)) |
                                  (~mask & reinterpret_cast<Int4>(b)));
}
POACL_INLINE Vec vload(const float* p) {
  Vec v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}
POACL_INLINE void vstore(float* p, Vec v) {
  std::memcpy(p, &v, sizeof(v));
}
POACL_INLINE Vec vset1(float x) {
  return {broadcast4(x), broadcast4(x)};
}
POACL_INLINE Vec vzero() {
  return vset1(0.0f);
}
POACL_INLINE Vec vadd(Vec a, Vec b) {
  return {a.low + b.low, a.high + b.high};
}
POACL_INLINE Vec vsub(Vec a, Vec b) {
  return {a.low - b.low, a.high - b.high};
}
POACL_INLINE Vec vmul(Vec a, Vec b) {
  return {a.low * b.low, a.high * b.high};
}
POACL_INLINE Vec vdiv(Vec a, Vec b) {
  return {a.low / b.low, a.high / b.high};
}
POACL_INLINE Vec vfma(Vec a, Vec b, Vec c) {
  return {a.low * b.low + c.low, a.high * b.high + c.high};
}
POACL_INLINE Vec vat_least(Vec x, Vec low) {
  return {pick4(x.low < low.low, low.low, x.low), pick4(x.high < low.high, low.high, x.high)};
}
POACL_INLINE Vec vat_most(Vec x, Vec high) {
  return {pick4(x.low > high.low, high.low, x.low), pick4(x.high > high.high, high.high, x.high)};
}
POACL_INLINE Float4 exp2_of_shifted4(Float4 t) {
  typedef unsigned UInt4 __attribute__((vector_size(16)));
  return reinterpret_cast<Float4>((reinterpret_cast<UInt4>(t) << 23) + 0x3f800000u);
}
POACL_INLINE Vec vexp2_of_shifted(Vec t) {
  return {exp2_of_shifted4(t.low), exp2_of_shifted4(t.high)};
}
POACL_INLINE Vec vselect_negative(Vec x, Vec a, Vec b) {
  const Float4 zero = broadcast4(0.0f);
  return {pick4(x.low < zero, a.low, b.low), pick4(x.high < zero, a.high, b.high)};
}
POACL_INLINE Vec vnan_or(Vec x, Vec other) {
  return {pick4(x.low != x.low, x.low, other.low), pick4(x.high != x.high, x.high, other.high)};
}
#if defined(__aarch64__)
POACL_INLINE Vec vsqrt(Vec x) {
  return {vsqrtq_f32(x.low), vsqrtq_f32(x.high)};
}
POACL_INLINE Vec vfloor(Vec x) {
  return {vrndmq_f32(x.low), vrndmq_f32(x.high)};
}
POACL_INLINE Vec vround(Vec x) {
  return {vrndiq_f32(x.low), vrndiq_f32(x.high)};
}
#else
POACL_INLINE Vec vsqrt(Vec x) {
  for (int i = 0; i < 4; ++i) {
    x.low[i] = __builtin_sqrtf(x.low[i]);
    x.high[i] = __builtin_sqrtf(x.high[i]);
  }
  return x;
}
POACL_INLINE Vec vfloor(Vec x) {
  for (int i = 0; i < 4; ++i) {
    x.low[i] = __builtin_floorf(x.low[i]);
    x.high[i] = __builtin_floorf(x.high[i]);
  }
  return x;
}
POACL_INLINE Vec vround(Vec x) {
  for (int i = 0; i < 4; ++i) {
    x.low[i] = __builtin_nearbyintf(x.low[i]);
    x.high[i] = __builtin_nearbyintf(x.high[i]);
  }
  return x;
}
#endif
POACL_INLINE void vprefetch(const float* p) {
  __builtin_prefetch(p);
}

}  // namespace poacl::generic
