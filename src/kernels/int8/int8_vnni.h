// Sums of sixteen channels to results, for translation units built with AVX-512 VNNI and VBMI.
#pragma once

// g++ 12 takes the deliberately undefined pass-through operands of its own intrinsics for mistakes.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <cstdint>

#include "kernels/int8/int8_bytes.h"
#include "kernels/int8/int8_conv.h"

namespace poacl::vnni {

// A vector whose making the compiler does not see: it would else do with words in general registers
// what the vector is for, and bring each of them over at a high price.
POACL_INLINE __m512i hidden(__m512i v) {
  asm("" : "+v"(v));
  return v;
}

// Order of the dwords after two packs: [lane][pixel] -> [pixel][lane].
POACL_INLINE __m512i pixel_order() {
  return _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
}

// Scaled and rounded; see require_unclipped of int8_conv.h.
POACL_INLINE __m512i scaled(__m512i sums, __m512 scale) {
  return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(sums), scale));
}

// What turns rounded numbers into bytes. Signed ones are unsigned, moved by 128, until the end: so
// one code serves both.
struct ByteBounds {
  __m512i offset, low, high, flip;

  [[gnu::always_inline]] ByteBounds(bool is_signed, int32_t by, int32_t least, int32_t most) {
    const int32_t moved = is_signed ? 128 : 0;
    offset = _mm512_set1_epi16(static_cast<int16_t>(by + moved));
    low = _mm512_set1_epi8(static_cast<int8_t>(least + moved));
    high = _mm512_set1_epi8(static_cast<int8_t>(most + moved));
    flip = _mm512_set1_epi8(static_cast<int8_t>(-moved));
  }
};
// Of a layer's own results, before a residual is added, and of the sums with it.
POACL_INLINE ByteBounds result_bounds(const Int8Finish& f) {
  return {f.kind == QuantKind::kInt8, f.offset, f.low, f.high};
}
POACL_INLINE ByteBounds sum_bounds(const QuantAddParams& p) {
  return {p.signed_y, 0, static_cast<int32_t>(p.low), static_cast<int32_t>(p.high)};
}

// Four pixels of sixteen rounded numbers to bytes, pixel after pixel.
POACL_INLINE __m512i four_pixels(const __m512i v[4], const ByteBounds& to) {
  const __m512i a = _mm512_adds_epi16(_mm512_packs_epi32(v[0], v[1]), to.offset);
  const __m512i b = _mm512_adds_epi16(_mm512_packs_epi32(v[2], v[3]), to.offset);
  const __m512i raised = _mm512_max_epu8(_mm512_packus_epi16(a, b), to.low);
  const __m512i bytes = _mm512_xor_si512(_mm512_min_epu8(raised, to.high), to.flip);
  return _mm512_permutexvar_epi32(pixel_order(), bytes);
}

POACL_INLINE __m512i widened(__m128i bytes, bool is_signed) {
  return is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
}

// Sixteen sums of two eight-bit numbers each, as QuantAdd has it.
POACL_INLINE __m512i rounded_sums(const QuantAddParams& p, __m512i x1, __m512i x2) {
  const __m512 inner = _mm512_fmadd_ps(_mm512_cvtepi32_ps(x2), _mm512_set1_ps(p.factor2),
                                       _mm512_set1_ps(p.constant));
  const __m512 value = _mm512_fmadd_ps(_mm512_cvtepi32_ps(x1), _mm512_set1_ps(p.factor1), inner);
  // Where the value is not a number the second operand is taken.
  const __m512 raised = _mm512_max_ps(value, _mm512_set1_ps(p.low));
  return _mm512_cvtps_epi32(_mm512_min_ps(raised, _mm512_set1_ps(p.high)));
}

// The first `count` bytes.
POACL_INLINE __mmask64 first_bytes(int64_t count) {
  return count >= 64 ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
}

// Bytes of `channels` channels in each of four pixels of sixteen.
POACL_INLINE __mmask64 channel_bytes(int64_t channels) {
  return ((__mmask64{1} << channels) - 1) * 0x0001000100010001u;
}

}  // namespace poacl::vnni
