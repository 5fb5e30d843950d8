// Sixteen 16-bit numbers in an AVX2 register. Only for files built for AVX2.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace poacl::media {
namespace {

struct Words {
  using Reg = __m256i;
  static constexpr int kLanes = 16;

  static Reg load_bytes(const uint8_t* p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  // Each of the first 8 bytes twice.
  static Reg load_bytes_twice(const uint8_t* p) {
    const __m128i half = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(half, half));
  }
  // Sums of neighbours among 32 bytes.
  static Reg load_pair_sums(const uint8_t* p) {
    return _mm256_maddubs_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
                                _mm256_set1_epi8(1));
  }
  static Reg load(const int16_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static void store(int16_t* p, Reg a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a); }
  // Clamped to 0..255.
  static void store_bytes(uint8_t* p, Reg a) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm_packus_epi16(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1)));
  }
  static Reg set(int value) { return _mm256_set1_epi16(static_cast<int16_t>(value)); }
  static Reg add(Reg a, Reg b) { return _mm256_add_epi16(a, b); }
  static Reg add_saturated(Reg a, Reg b) { return _mm256_adds_epi16(a, b); }
  static Reg sub(Reg a, Reg b) { return _mm256_sub_epi16(a, b); }
  static Reg product15(Reg a, Reg b) { return _mm256_mulhrs_epi16(a, b); }
  static Reg high_product(Reg a, Reg b) { return _mm256_mulhi_epi16(a, b); }
  template <int N>
  static Reg shift_left(Reg a) {
    return _mm256_slli_epi16(a, N);
  }
  template <int N>
  static Reg shift_right(Reg a) {
    return _mm256_srai_epi16(a, N);
  }

  // Sums of products of neighbours, shifted right by 4: 4 windows' samples.
  static Reg scale_windows(const uint8_t* row, const int32_t* offsets, const uint8_t* bytes,
                           const int16_t* weights) {
    const Reg low = scale_two(row, offsets, bytes, weights);
    const Reg high = scale_two(row, offsets + 2, bytes + 32, weights + 16);
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8);
  }

 private:
  static Reg scale_two(const uint8_t* row, const int32_t* offsets, const uint8_t* bytes,
                       const int16_t* weights) {
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + offsets[0]));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + offsets[1]));
    const Reg windows = _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1);
    const Reg chosen = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
    const Reg taps = _mm256_shuffle_epi8(windows, chosen);
    return _mm256_srli_epi32(_mm256_madd_epi16(taps, load(weights)), 4);
  }
};

}  // namespace
}  // namespace poacl::media
