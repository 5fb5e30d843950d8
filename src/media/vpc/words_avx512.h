// Thirty-two 16-bit numbers in an AVX-512 register. Only for files built for AVX-512.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace poacl::media {
namespace {

// Full masks where g++ 12 would warn of its own headers without.
struct Words {
  using Reg = __m512i;
  static constexpr int kLanes = 32;

  static Reg load_bytes(const uint8_t* p) {
    return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  // Each of the first 16 bytes twice.
  static Reg load_bytes_twice(const uint8_t* p) {
    const __m256i words =
        _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    const __m256i twice = _mm256_or_si256(words, _mm256_slli_epi16(words, 8));
    return _mm512_cvtepu8_epi16(twice);
  }
  // Sums of neighbours among 64 bytes.
  static Reg load_pair_sums(const uint8_t* p) {
    return _mm512_maddubs_epi16(_mm512_loadu_si512(p), _mm512_set1_epi8(1));
  }
  static Reg load(const int16_t* p) { return _mm512_loadu_si512(p); }
  static void store(int16_t* p, Reg a) { _mm512_storeu_si512(p, a); }
  // Clamped to 0..255.
  static void store_bytes(uint8_t* p, Reg a) {
    const Reg positive = _mm512_max_epi16(a, _mm512_setzero_si512());
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm512_maskz_cvtusepi16_epi8(~__mmask32{0}, positive));
  }
  static Reg set(int value) { return _mm512_set1_epi16(static_cast<int16_t>(value)); }
  static Reg add(Reg a, Reg b) { return _mm512_add_epi16(a, b); }
  static Reg add_saturated(Reg a, Reg b) { return _mm512_adds_epi16(a, b); }
  static Reg sub(Reg a, Reg b) { return _mm512_sub_epi16(a, b); }
  static Reg product15(Reg a, Reg b) { return _mm512_mulhrs_epi16(a, b); }
  static Reg high_product(Reg a, Reg b) { return _mm512_mulhi_epi16(a, b); }
  template <int N>
  static Reg shift_left(Reg a) {
    return _mm512_slli_epi16(a, N);
  }
  template <int N>
  static Reg shift_right(Reg a) {
    return _mm512_srai_epi16(a, N);
  }

  // Sums of products of neighbours, shifted right by 4: 8 windows' samples.
  static Reg scale_windows(const uint8_t* row, const int32_t* offsets, const uint8_t* bytes,
                           const int16_t* weights) {
    return join(scale_four(row, offsets, bytes, weights),
                scale_four(row, offsets + 4, bytes + 64, weights + 32));
  }

 private:
  static Reg join(__m256i low, __m256i high) {
    return _mm512_maskz_inserti64x4(0xFF, _mm512_castsi256_si512(low), high, 1);
  }

  static __m256i scale_four(const uint8_t* row, const int32_t* offsets, const uint8_t* bytes,
                            const int16_t* weights) {
    const auto window = [&](int i) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + offsets[i]));
    };
    const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(window(0)), window(1), 1);
    const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(window(2)), window(3), 1);
    const Reg taps = _mm512_shuffle_epi8(join(low, high), _mm512_loadu_si512(bytes));
    const Reg sums = _mm512_madd_epi16(taps, _mm512_loadu_si512(weights));
    return _mm512_maskz_cvtepi32_epi16(0xFFFF, _mm512_maskz_srli_epi32(0xFFFF, sums, 4));
  }
};

}  // namespace
}  // namespace poacl::media
