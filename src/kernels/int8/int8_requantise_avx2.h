// Sums to bytes with AVX2.
#pragma once

#include <immintrin.h>

#include "kernels/int8/int8_bytes.h"
#include "kernels/int8/int8_conv.h"

namespace poacl::int8_avx2 {
namespace {

POACL_INLINE __m256i widened(const uint8_t* bytes, bool is_signed) {
  const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes));
  return is_signed ? _mm256_cvtepi8_epi32(eight) : _mm256_cvtepu8_epi32(eight);
}

// Eight sums of two eight-bit numbers each, as QuantAdd has it.
POACL_INLINE __m256i rounded_sums(const QuantAddParams& p, __m256i x1, __m256i x2) {
  const __m256 inner = _mm256_fmadd_ps(_mm256_cvtepi32_ps(x2), _mm256_set1_ps(p.factor2),
                                       _mm256_set1_ps(p.constant));
  const __m256 value = _mm256_fmadd_ps(_mm256_cvtepi32_ps(x1), _mm256_set1_ps(p.factor1), inner);
  // Where the value is not a number the second operand is taken.
  const __m256 raised = _mm256_max_ps(value, _mm256_set1_ps(p.low));
  return _mm256_cvtps_epi32(_mm256_min_ps(raised, _mm256_set1_ps(p.high)));
}

// Sixteen sums as bytes, the residual added where there is one.
POACL_INLINE void requantise(const Int8Finish& f, const int32_t* sums, const float* scale,
                             const uint8_t* residual, uint8_t* bytes) {
  const __m256 low = _mm256_set1_ps(static_cast<float>(f.low - f.offset));
  const __m256 high = _mm256_set1_ps(static_cast<float>(f.high - f.offset));
  const __m256i offset = _mm256_set1_epi32(f.offset);
  __m256i v[2];
  POACL_UNROLL
  for (int i = 0; i < 2; ++i) {
    const __m256i sum = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + 8 * i));
    const __m256 value = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(scale + 8 * i));
    const __m256 kept = _mm256_min_ps(_mm256_max_ps(value, low), high);
    v[i] = _mm256_add_epi32(_mm256_cvtps_epi32(kept), offset);
  }
  if (residual != nullptr) {
    POACL_UNROLL
    for (int i = 0; i < 2; ++i) {
      v[i] = f.residual_first ? rounded_sums(f.sum, widened(residual + 8 * i, f.sum.signed1), v[i])
                              : rounded_sums(f.sum, v[i], widened(residual + 8 * i, f.sum.signed2));
    }
  }
  // The low bytes, in order.
  const __m256i mask = _mm256_set1_epi32(0xff);
  const __m256i words = _mm256_permute4x64_epi64(
      _mm256_packus_epi32(_mm256_and_si256(v[0], mask), _mm256_and_si256(v[1], mask)), 0xd8);
  _mm_storeu_si128(
      reinterpret_cast<__m128i*>(bytes),
      _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
}

}  // namespace
}  // namespace poacl::int8_avx2
