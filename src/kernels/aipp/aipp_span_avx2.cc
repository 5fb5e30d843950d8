// Eight pixels at a time; the operations that aipp_span_impl.h is written in.
#include <immintrin.h>

#include <cstdint>

#include "kernels/simd/vec_common.h"

namespace {

using Word = __m256i;
using Real = __m256;
constexpr int64_t kLanes = 8;

POACL_INLINE __m128i load_16(const uint8_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
POACL_INLINE __m128i load_8(const uint8_t* p) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
}
POACL_INLINE Word load_bytes(const uint8_t* p) {
  return _mm256_cvtepu8_epi32(load_8(p));
}
// Four pairs, each for two lanes, in bytes 1 and 2 of the word.
POACL_INLINE Word load_pairs(const uint8_t* p) {
  const Word pairs = _mm256_cvtepu16_epi32(load_8(p));
  const Word twice = _mm256_permutevar8x32_epi32(pairs, _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3));
  return _mm256_slli_epi32(twice, 8);
}
// 24 bytes, none beyond.
POACL_INLINE Word load_threes(const uint8_t* p) {
  const __m128i low = _mm_shuffle_epi8(
      load_16(p), _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1));
  const __m128i high = _mm_shuffle_epi8(
      load_16(p + 8), _mm_setr_epi8(4, 5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}
POACL_INLINE Word load_words(const uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
POACL_INLINE Word load_yuyv(const uint8_t* p) {
  const __m128i pairs = load_16(p);
  const __m128i low =
      _mm_shuffle_epi8(pairs, _mm_setr_epi8(0, 1, 3, -1, 2, 1, 3, -1, 4, 5, 7, -1, 6, 5, 7, -1));
  const __m128i high = _mm_shuffle_epi8(
      pairs, _mm_setr_epi8(8, 9, 11, -1, 10, 9, 11, -1, 12, 13, 15, -1, 14, 13, 15, -1));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}
POACL_INLINE Word merge(Word a, Word b) {
  return _mm256_or_si256(a, b);
}
POACL_INLINE Word all_word(int32_t value) {
  return _mm256_set1_epi32(value);
}
POACL_INLINE Real all_real(float value) {
  return _mm256_set1_ps(value);
}
// A shuffle that takes for every byte of a word the one of the same word that `bytes` says; 0x80:
// zero.
POACL_INLINE Word byte_choice(uint32_t bytes) {
  const Word base =
      _mm256_broadcastsi128_si256(_mm_setr_epi32(0, 0x04040404, 0x08080808, 0x0c0c0c0c));
  return _mm256_add_epi8(base, all_word(static_cast<int32_t>(bytes)));
}
POACL_INLINE Word choose(Word word, Word choice) {
  return _mm256_shuffle_epi8(word, choice);
}
POACL_INLINE Word products(Word a, Word b) {
  return _mm256_madd_epi16(a, b);
}
POACL_INLINE Word sum(Word a, Word b) {
  return _mm256_add_epi32(a, b);
}
POACL_INLINE Word shift_8(Word a) {
  return _mm256_srai_epi32(a, 8);
}
POACL_INLINE Word within_byte(Word a) {
  return _mm256_min_epi32(_mm256_max_epi32(a, _mm256_setzero_si256()), all_word(255));
}
POACL_INLINE Real to_real(Word a) {
  return _mm256_cvtepi32_ps(a);
}
POACL_INLINE Real scaled(Real x, Real mean, Real min, Real scale) {
  return _mm256_mul_ps(_mm256_sub_ps(_mm256_sub_ps(x, mean), min), scale);
}
POACL_INLINE void store(float* p, Real x) {
  _mm256_storeu_ps(p, x);
}

}  // namespace

#include "kernels/aipp/aipp_span_impl.h"

int64_t poacl::aipp::span_avx2(const Span& span) {
  return run_any(span);
}
