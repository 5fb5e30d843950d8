// The ends of dot products, in the namespace of the including unit's ISA: the last values of a line
// and the sums across four vectors at once; four vectors of four floats transposed. Include after
// vec_<isa>.h.
#pragma once

#include <cstdint>

#include "kernels/simd/vec_rows.h"

namespace poacl::POACL_SIMD {

using FourFloats = float __attribute__((vector_size(16)));

POACL_INLINE FourFloats load_four(const float* p) {
  FourFloats v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
POACL_INLINE void store_four(float* p, FourFloats v) {
  __builtin_memcpy(p, &v, sizeof(v));
}
// Column j of four rows goes to p + j * step.
POACL_INLINE void store_transposed(const FourFloats r[4], float* p, int64_t step) {
  const FourFloats low01 = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  const FourFloats high01 = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  const FourFloats low23 = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  const FourFloats high23 = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  store_four(p, __builtin_shufflevector(low01, low23, 0, 1, 4, 5));
  store_four(p + step, __builtin_shufflevector(low01, low23, 2, 3, 6, 7));
  store_four(p + 2 * step, __builtin_shufflevector(high01, high23, 0, 1, 4, 5));
  store_four(p + 3 * step, __builtin_shufflevector(high01, high23, 2, 3, 6, 7));
}
// a0 b0 a1 b1 ...
POACL_INLINE void store_pairs(FourFloats a, FourFloats b, float* p) {
  store_four(p, __builtin_shufflevector(a, b, 0, 4, 1, 5));
  store_four(p + 4, __builtin_shufflevector(a, b, 2, 6, 3, 7));
}

#if defined(__AVX512F__)

// `count` < kLanes floats, zeros in the rest.
POACL_INLINE Vec load_last(const float* p, int64_t count) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), p);
}
POACL_INLINE void sum_four(const Vec v[4], float* sums) {
  const __m512 a = _mm512_add_ps(_mm512_unpacklo_ps(v[0], v[1]), _mm512_unpackhi_ps(v[0], v[1]));
  const __m512 b = _mm512_add_ps(_mm512_unpacklo_ps(v[2], v[3]), _mm512_unpackhi_ps(v[2], v[3]));
  const __m512 c = _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xee));
  const __m512 d = _mm512_add_ps(c, _mm512_shuffle_f32x4(c, c, 0x4e));
  const __m512 e = _mm512_add_ps(d, _mm512_shuffle_f32x4(d, d, 0xb1));
  _mm_storeu_ps(sums, _mm512_castps512_ps128(e));
}

#else

POACL_INLINE Vec load_last(const float* p, int64_t count) {
  return vload_some(p, count, 0.0f);
}
#if defined(__AVX2__)
POACL_INLINE void sum_four(const Vec v[4], float* sums) {
  const __m256 s = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
  _mm_storeu_ps(sums, _mm_add_ps(_mm256_castps256_ps128(s), _mm256_extractf128_ps(s, 1)));
}
#else
POACL_INLINE void sum_four(const Vec v[4], float* sums) {
  for (int i = 0; i < 4; ++i) sums[i] = sum_lanes(v[i]);
}
#endif

#endif

}  // namespace poacl::POACL_SIMD
