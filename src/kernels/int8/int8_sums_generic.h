// Sums of sixteen channels or columns, for any CPU.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "kernels/int8/int8_bytes.h"

namespace poacl::int8_generic {
namespace {

#if defined(__SSE2__)
// Every x86-64 processor has these instructions.
struct Sums {
  __m128i part[4];
};
POACL_INLINE void start(Sums* sums, const int32_t* bias) {
  POACL_UNROLL
  for (int j = 0; j < 4; ++j) {
    sums->part[j] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bias + 4 * j));
  }
}
// Two numbers by two weights of each channel.
POACL_INLINE void add_products(Sums* sums, const uint8_t* numbers, const int8_t* weights) {
  int32_t word;
  __builtin_memcpy(&word, numbers, sizeof(word));
  const __m128i v = _mm_set1_epi32(word);
  POACL_UNROLL
  for (int j = 0; j < 4; ++j) {
    const __m128i w = _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights + 16 * j));
    sums->part[j] = _mm_add_epi32(sums->part[j], _mm_madd_epi16(v, w));
  }
}
#else
struct Sums {
  int32_t part[16];
};
POACL_INLINE void start(Sums* sums, const int32_t* bias) {
  __builtin_memcpy(sums->part, bias, sizeof(sums->part));
}
POACL_INLINE void add_products(Sums* sums, const uint8_t* numbers, const int8_t* weights) {
  int16_t v[2];
  int16_t w[32];
  __builtin_memcpy(v, numbers, sizeof(v));
  __builtin_memcpy(w, weights, sizeof(w));
  for (int c = 0; c < 16; ++c) {
    const int32_t products = v[0] * w[2 * c] + v[1] * w[2 * c + 1];
    sums->part[c] = static_cast<int32_t>(static_cast<uint32_t>(sums->part[c]) +
                                         static_cast<uint32_t>(products));
  }
}
#endif

}  // namespace
}  // namespace poacl::int8_generic
