// Vectors of sixteen floats whose memory is bfloat16, for units built with AVX-512 BF16. What such
// a unit includes after this header lands in namespace poacl::bf16.
#pragma once

#include "kernels/simd/vec_avx512.h"

#include <cstdint>

#undef POACL_SIMD
#define POACL_SIMD bf16

namespace poacl::bf16 {

using namespace poacl::avx512;

POACL_INLINE Vec widen(__m256i v) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(v), 16));
}
POACL_INLINE Vec load(const uint16_t* p) {
  return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
// Rounded to nearest even.
POACL_INLINE void store(uint16_t* p, Vec v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), (__m256i)_mm512_cvtneps_pbh(v));
}
POACL_INLINE void store_two(uint16_t* p, Vec first, Vec second) {
  _mm512_storeu_si512(p, (__m512i)_mm512_cvtne2ps_pbh(second, first));
}

// Two neighbouring elements in every pair of lanes.
POACL_INLINE __m512i pair_of(const uint16_t* p) {
  int32_t word;
  __builtin_memcpy(&word, p, sizeof(word));
  return _mm512_set1_epi32(word);
}
POACL_INLINE __m512i load_pairs(const uint16_t* p) {
  return _mm512_loadu_si512(p);
}
POACL_INLINE Vec add_products(Vec sum, __m512i a, __m512i b) {
  return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
}

// The first `count` lanes.
POACL_INLINE __mmask16 first_lanes(int64_t count) {
  return count >= 16 ? static_cast<__mmask16>(0xffff)
                     : static_cast<__mmask16>((1u << static_cast<unsigned>(count)) - 1);
}

POACL_INLINE int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}
POACL_INLINE int64_t most(int64_t a, int64_t b) {
  return a > b ? a : b;
}

}  // namespace poacl::bf16
