// Eight-bit numbers as vectors of floats and back, in the namespace of the including unit's ISA.
// Include after vec_<isa>.h.
#pragma once

#include "kernels/int8/int8_bytes.h"
#include "kernels/simd/vec_rows.h"

namespace poacl::POACL_SIMD {

// Integers, each less by `less`, as floats.
#if defined(__AVX512F__)
POACL_INLINE Vec vints(const int32_t* p, int32_t less = 0) {
  return _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_loadu_si512(p), _mm512_set1_epi32(less)));
}
POACL_INLINE Vec vbytes(const uint8_t* p, bool is_signed) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return _mm512_cvtepi32_ps(is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes));
}
// Between the bounds; at the lower one where it is not a number.
POACL_INLINE Vec vclip(Vec v, Vec low, Vec high) {
  return _mm512_min_ps(_mm512_max_ps(v, low), high);
}
// The nearest integers plus the offset, as bytes.
POACL_INLINE void vstore_bytes(uint8_t* p, Vec v, int32_t offset) {
  const __m512i numbers = _mm512_add_epi32(_mm512_cvtps_epi32(v), _mm512_set1_epi32(offset));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(numbers));
}
#elif defined(__AVX2__)
POACL_INLINE Vec vints(const int32_t* p, int32_t less = 0) {
  const __m256i numbers = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return _mm256_cvtepi32_ps(_mm256_sub_epi32(numbers, _mm256_set1_epi32(less)));
}
POACL_INLINE Vec vbytes(const uint8_t* p, bool is_signed) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
  return _mm256_cvtepi32_ps(is_signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes));
}
POACL_INLINE Vec vclip(Vec v, Vec low, Vec high) {
  return _mm256_min_ps(_mm256_max_ps(v, low), high);
}
POACL_INLINE void vstore_bytes(uint8_t* p, Vec v, int32_t offset) {
  const __m256i numbers = _mm256_add_epi32(_mm256_cvtps_epi32(v), _mm256_set1_epi32(offset));
  const __m256i low = _mm256_and_si256(numbers, _mm256_set1_epi32(0xff));
  const __m128i words =
      _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
}
#else
POACL_INLINE Vec vints(const int32_t* p, int32_t less = 0) {
  float lanes[kLanes];
  for (int i = 0; i < kLanes; ++i) lanes[i] = static_cast<float>(p[i] - less);
  return vload(lanes);
}
POACL_INLINE Vec vbytes(const uint8_t* p, bool is_signed) {
  float lanes[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    lanes[i] = static_cast<float>(is_signed ? static_cast<int8_t>(p[i]) : p[i]);
  }
  return vload(lanes);
}
POACL_INLINE Vec vclip(Vec v, Vec low, Vec high) {
  float lanes[kLanes];
  float least[kLanes];
  vstore(lanes, v);
  vstore(least, low);
  for (int i = 0; i < kLanes; ++i) lanes[i] = lanes[i] > least[i] ? lanes[i] : least[i];
  return vat_most(vload(lanes), high);
}
POACL_INLINE void vstore_bytes(uint8_t* p, Vec v, int32_t offset) {
  // Added to a small number, this leaves the nearest integer.
  const Vec shift = vset1(12582912.0f);
  float lanes[kLanes];
  vstore(lanes, vsub(vadd(v, shift), shift));
  for (int i = 0; i < kLanes; ++i) {
    p[i] = static_cast<uint8_t>(static_cast<int32_t>(lanes[i]) + offset);
  }
}
#endif

// Sum and greatest of the lanes, two halves at a time.
POACL_INLINE float sum_of(Vec v) {
#if defined(__AVX512F__)
  return _mm512_reduce_add_ps(v);
#else
  float lanes[kLanes];
  vstore(lanes, v);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
#endif
}
POACL_INLINE float greatest_of(Vec v) {
#if defined(__AVX512F__)
  return _mm512_reduce_max_ps(v);
#else
  float lanes[kLanes];
  vstore(lanes, v);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) {
      lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
    }
  }
  return lanes[0];
#endif
}

// x times the normal distribution's share below x, by a polynomial: at most 4e-5 off up to |x| = 4,
// 6e-6 of |x| beyond. Exact enough for what is rounded to eight bits.
POACL_INLINE Vec vgelu_rounded(Vec x) {
  const Vec bound = vset1(4.25f);
  const Vec c = vat_most(vat_least(x, vsub(vzero(), bound)), bound);
  const Vec s = vmul(c, c);
  Vec p = vset1(4.547031154e-11f);
  p = vfma(p, s, vset1(-4.515270824e-9f));
  p = vfma(p, s, vset1(1.986148135e-7f));
  p = vfma(p, s, vset1(-5.147494448e-6f));
  p = vfma(p, s, vset1(8.848894504e-5f));
  p = vfma(p, s, vset1(-1.079076785e-3f));
  p = vfma(p, s, vset1(9.718774818e-3f));
  p = vfma(p, s, vset1(-6.619027257e-2f));
  p = vfma(p, s, vset1(3.988192081e-1f));
  return vmul(x, vfma(c, p, vset1(0.5f)));
}

}  // namespace poacl::POACL_SIMD
