// Sixteen pixels at a time; the operations that aipp_span_impl.h is written in.
#include <immintrin.h>

#include <cstdint>

#include "kernels/simd/vec_common.h"

namespace {

using Word = __m512i;
using Real = __m512;
constexpr int64_t kLanes = 16;

POACL_INLINE __m128i load_16(const uint8_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
POACL_INLINE Word load_bytes(const uint8_t* p) {
  return _mm512_cvtepu8_epi32(load_16(p));
}
// Eight pairs, each for two lanes, in bytes 1 and 2 of the word.
POACL_INLINE Word load_pairs(const uint8_t* p) {
  const Word pairs = _mm512_castsi256_si512(_mm256_cvtepu16_epi32(load_16(p)));
  const Word twice = _mm512_permutexvar_epi32(
      _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7), pairs);
  return _mm512_slli_epi32(twice, 8);
}
POACL_INLINE Word four_quarters(__m128i a, __m128i b, __m128i c, __m128i d) {
  Word word = _mm512_castsi128_si512(a);
  word = _mm512_inserti32x4(word, b, 1);
  word = _mm512_inserti32x4(word, c, 2);
  return _mm512_inserti32x4(word, d, 3);
}
// 48 bytes, none beyond.
POACL_INLINE Word load_threes(const uint8_t* p) {
  const __m128i front = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
  const __m128i back = _mm_setr_epi8(4, 5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1);
  return four_quarters(
      _mm_shuffle_epi8(load_16(p), front), _mm_shuffle_epi8(load_16(p + 12), front),
      _mm_shuffle_epi8(load_16(p + 24), front), _mm_shuffle_epi8(load_16(p + 32), back));
}
POACL_INLINE Word load_words(const uint8_t* p) {
  return _mm512_loadu_si512(p);
}
POACL_INLINE Word load_yuyv(const uint8_t* p) {
  const __m128i front = _mm_setr_epi8(0, 1, 3, -1, 2, 1, 3, -1, 4, 5, 7, -1, 6, 5, 7, -1);
  const __m128i back = _mm_setr_epi8(8, 9, 11, -1, 10, 9, 11, -1, 12, 13, 15, -1, 14, 13, 15, -1);
  const __m128i first = load_16(p);
  const __m128i second = load_16(p + 16);
  return four_quarters(_mm_shuffle_epi8(first, front), _mm_shuffle_epi8(first, back),
                       _mm_shuffle_epi8(second, front), _mm_shuffle_epi8(second, back));
}
POACL_INLINE Word merge(Word a, Word b) {
  return _mm512_or_si512(a, b);
}
POACL_INLINE Word all_word(int32_t value) {
  return _mm512_set1_epi32(value);
}
POACL_INLINE Real all_real(float value) {
  return _mm512_set1_ps(value);
}
// A shuffle that takes for every byte of a word the one of the same word that `bytes` says; 0x80:
// zero.
POACL_INLINE Word byte_choice(uint32_t bytes) {
  const Word base = _mm512_broadcast_i32x4(_mm_setr_epi32(0, 0x04040404, 0x08080808, 0x0c0c0c0c));
  return _mm512_add_epi8(base, all_word(static_cast<int32_t>(bytes)));
}
POACL_INLINE Word choose(Word word, Word choice) {
  return _mm512_shuffle_epi8(word, choice);
}
POACL_INLINE Word products(Word a, Word b) {
  return _mm512_madd_epi16(a, b);
}
POACL_INLINE Word sum(Word a, Word b) {
  return _mm512_add_epi32(a, b);
}
POACL_INLINE Word shift_8(Word a) {
  return _mm512_srai_epi32(a, 8);
}
POACL_INLINE Word within_byte(Word a) {
  return _mm512_min_epi32(_mm512_max_epi32(a, _mm512_setzero_si512()), all_word(255));
}
POACL_INLINE Real to_real(Word a) {
  return _mm512_cvtepi32_ps(a);
}
POACL_INLINE Real scaled(Real x, Real mean, Real min, Real scale) {
  return _mm512_mul_ps(_mm512_sub_ps(_mm512_sub_ps(x, mean), min), scale);
}
POACL_INLINE void store(float* p, Real x) {
  _mm512_storeu_ps(p, x);
}

}  // namespace

#include "kernels/aipp/aipp_span_impl.h"

int64_t poacl::aipp::span_avx512(const Span& span) {
  return run_any(span);
}
