// The vector of a kernel translation unit built for AVX2 with FMA; see vec_avx512.h.
#pragma once

#include <immintrin.h>

#include "kernels/simd/vec_common.h"

#define POACL_SIMD avx2

namespace poacl::avx2 {

using Vec = __m256;
inline constexpr int kLanes = 8;
inline constexpr int kTile = 6;
inline constexpr int kRowTile = 8;

POACL_INLINE Vec vload(const float* p) {
  return _mm256_loadu_ps(p);
}
POACL_INLINE void vstore(float* p, Vec v) {
  _mm256_storeu_ps(p, v);
}
POACL_INLINE Vec vset1(float x) {
  return _mm256_set1_ps(x);
}
POACL_INLINE Vec vzero() {
  return _mm256_setzero_ps();
}
POACL_INLINE Vec vadd(Vec a, Vec b) {
  return _mm256_add_ps(a, b);
}
POACL_INLINE Vec vsub(Vec a, Vec b) {
  return _mm256_sub_ps(a, b);
}
POACL_INLINE Vec vmul(Vec a, Vec b) {
  return _mm256_mul_ps(a, b);
}
POACL_INLINE Vec vdiv(Vec a, Vec b) {
  return _mm256_div_ps(a, b);
}
POACL_INLINE Vec vfma(Vec a, Vec b, Vec c) {
  return _mm256_fmadd_ps(a, b, c);
}
POACL_INLINE Vec vat_least(Vec x, Vec low) {
  return _mm256_max_ps(low, x);
}
POACL_INLINE Vec vat_most(Vec x, Vec high) {
  return _mm256_min_ps(high, x);
}
POACL_INLINE Vec vexp2_of_shifted(Vec t) {
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_slli_epi32(_mm256_castps_si256(t), 23),
                                              _mm256_set1_epi32(0x3f800000)));
}
POACL_INLINE Vec vselect_negative(Vec x, Vec a, Vec b) {
  return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, vzero(), _CMP_LT_OQ));
}
POACL_INLINE Vec vnan_or(Vec x, Vec other) {
  return _mm256_blendv_ps(other, x, _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
}
POACL_INLINE Vec vsqrt(Vec x) {
  return _mm256_sqrt_ps(x);
}
POACL_INLINE Vec vfloor(Vec x) {
  return _mm256_floor_ps(x);
}
POACL_INLINE Vec vround(Vec x) {
  return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
POACL_INLINE void vprefetch(const float* p) {
  _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
}

}  // namespace poacl::avx2
