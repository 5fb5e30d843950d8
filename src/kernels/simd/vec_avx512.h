// The vector of a kernel translation unit built for AVX-512. Every such unit includes exactly one
// vec_<isa>.h and then the shared <name>_impl.h, whose code lands in the namespace of that ISA.
// These units use no templates or inline functions of the standard library: the linker keeps one
// copy of such a function for the whole program, and it must not be one with AVX-512 in it.
#pragma once

// g++ 12 takes the deliberately undefined pass-through operands of its own intrinsics for mistakes.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "kernels/simd/vec_common.h"

#define POACL_SIMD avx512

namespace poacl::avx512 {

using Vec = __m512;
inline constexpr int kLanes = 16;
inline constexpr int kTile = 14;     // pixels or rows of a register tile that is two vectors wide
inline constexpr int kRowTile = 14;  // pixels of a tile that is one vector wide

POACL_INLINE Vec vload(const float* p) {
  return _mm512_loadu_ps(p);
}
POACL_INLINE void vstore(float* p, Vec v) {
  _mm512_storeu_ps(p, v);
}
POACL_INLINE Vec vset1(float x) {
  return _mm512_set1_ps(x);
}
POACL_INLINE Vec vzero() {
  return _mm512_setzero_ps();
}
POACL_INLINE Vec vadd(Vec a, Vec b) {
  return _mm512_add_ps(a, b);
}
POACL_INLINE Vec vsub(Vec a, Vec b) {
  return _mm512_sub_ps(a, b);
}
POACL_INLINE Vec vmul(Vec a, Vec b) {
  return _mm512_mul_ps(a, b);
}
POACL_INLINE Vec vdiv(Vec a, Vec b) {
  return _mm512_div_ps(a, b);
}
POACL_INLINE Vec vfma(Vec a, Vec b, Vec c) {
  return _mm512_fmadd_ps(a, b, c);
}
// Not-a-number in x stays; the instruction returns its second operand then.
POACL_INLINE Vec vat_least(Vec x, Vec low) {
  return _mm512_max_ps(low, x);
}
POACL_INLINE Vec vat_most(Vec x, Vec high) {
  return _mm512_min_ps(high, x);
}
// 2^n for t = n + 1.5 * 2^23, -126 <= n <= 127.
POACL_INLINE Vec vexp2_of_shifted(Vec t) {
  return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_slli_epi32(_mm512_castps_si512(t), 23),
                                              _mm512_set1_epi32(0x3f800000)));
}
// a where x < 0, else b.
POACL_INLINE Vec vselect_negative(Vec x, Vec a, Vec b) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, vzero(), _CMP_LT_OQ), b, a);
}
// x where x is not a number, else other.
POACL_INLINE Vec vnan_or(Vec x, Vec other) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), other, x);
}
POACL_INLINE Vec vsqrt(Vec x) {
  return _mm512_sqrt_ps(x);
}
POACL_INLINE Vec vfloor(Vec x) {
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
// To the nearest integer, halves to the even one.
POACL_INLINE Vec vround(Vec x) {
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
POACL_INLINE void vprefetch(const float* p) {
  _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
}

}  // namespace poacl::avx512
