// FloatProducts of gemm_products.h, packed by transposing in registers.
#pragma once

#include <cstdint>

#include "kernels/simd/transpose_avx512.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

struct FloatProducts {
  static constexpr int64_t kGroup = 1;

  POACL_INLINE Vec multiply_add(Vec a, Vec b, Vec sum) { return vfma(a, b, sum); }

  // An activation of `count` vectors of results, in place.
  static void activate(float* p, int64_t count, const Activation& a) {
    activate_vectors(p, count, a.kind, a.alpha, a.beta);
  }

  // The word of neighbouring values; of the first alone where kGroup is 1.
  POACL_INLINE Vec word(Vec first, Vec) { return first; }

  static void pack(const float* src, int64_t line_step, int64_t k_step, int64_t lines,
                   int64_t width, int64_t k, float* dst) {
    for (int64_t first = 0; first < width; first += kLanes) {
      const __mmask16 stored = lanes_below(width - first);
      const float* from = src + first * line_step;
      float* to = dst + first;
      if (k_step != 1 || k == 1) {
        const __mmask16 valid = lanes_below(lines - first);
        for (int64_t i = 0; i < k; ++i) {
          _mm512_mask_storeu_ps(to + i * width, stored,
                                _mm512_maskz_loadu_ps(valid, from + i * k_step));
        }
        continue;
      }
      for (int64_t i = 0; i < k; i += kLanes) {
        const __mmask16 wanted = lanes_below(k - i);
        __m512i r[kLanes];
        POACL_UNROLL
        for (int l = 0; l < kLanes; ++l) {
          r[l] = first + l < lines ? _mm512_maskz_loadu_epi32(wanted, from + l * line_step + i)
                                   : _mm512_setzero_si512();
        }
        transpose_words(r);
        const int64_t steps = k - i < kLanes ? k - i : kLanes;
        POACL_UNROLL
        for (int s = 0; s < kLanes; ++s) {
          if (s < steps) _mm512_mask_storeu_epi32(to + (i + s) * width, stored, r[s]);
        }
      }
    }
  }
};

}  // namespace poacl::POACL_SIMD
