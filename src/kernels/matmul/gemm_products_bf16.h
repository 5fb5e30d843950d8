// The words of gemm_products.h as pairs of neighbouring values of k, rounded to bfloat16. Include
// after bf16_vec.h.
#pragma once

#include <cstdint>

#include "kernels/simd/transpose_avx512.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

struct PairProducts {
  static constexpr int64_t kGroup = 2;

  POACL_INLINE Vec multiply_add(Vec a, Vec b, Vec sum) {
    return add_products(sum, _mm512_castps_si512(a), _mm512_castps_si512(b));
  }

  // x times the normal distribution's share below x, by a polynomial: off by 1e-4 or 2e-5 of x
  // at most, which is less than the factors' rounding leaves of most sums.
  POACL_INLINE Vec gelu(Vec x) {
    const Vec above = vat_least(x, vset1(-4.2f));
    const Vec c = vat_most(above, vset1(4.2f));
    const Vec s = vmul(c, c);
    Vec p = vset1(4.923724969e-11f);
    p = vfma(p, s, vset1(-4.795588815e-9f));
    p = vfma(p, s, vset1(2.072452645e-7f));
    p = vfma(p, s, vset1(-5.289523415e-6f));
    p = vfma(p, s, vset1(8.983552834e-5f));
    p = vfma(p, s, vset1(-1.086456585e-3f));
    p = vfma(p, s, vset1(9.740931913e-3f));
    p = vfma(p, s, vset1(-6.622206420e-2f));
    p = vfma(p, s, vset1(3.988345861e-1f));
    return vmul(above, vfma(p, c, vset1(0.5f)));
  }

  static void activate(float* p, int64_t count, const Activation& a) {
    if (a.kind != ActivationKind::kGelu) {
      activate_vectors(p, count, a.kind, a.alpha, a.beta);
      return;
    }
    for (int64_t i = 0; i < count; ++i, p += kLanes) vstore(p, gelu(vload(p)));
  }

  // Lanes of two vectors rounded and side by side.
  POACL_INLINE __m512i pairs(Vec even, Vec odd) {
    const __m512i order =
        _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                         21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    return _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(odd, even));
  }

  POACL_INLINE Vec word(Vec first, Vec second) { return _mm512_castsi512_ps(pairs(first, second)); }

  // As FloatProducts::pack, [k / 2][width]; an odd last value is paired with zero.
  static void pack(const float* src, int64_t line_step, int64_t k_step, int64_t lines,
                   int64_t width, int64_t k, float* dst) {
    for (int64_t first = 0; first < width; first += kLanes) {
      const __mmask16 stored = lanes_below(width - first);
      const float* from = src + first * line_step;
      float* to = dst + first;
      if (k_step != 1 || k == 1) {
        const __mmask16 valid = lanes_below(lines - first);
        for (int64_t i = 0; i < k; i += 2, to += width) {
          const float* at = from + i * k_step;
          const Vec even = _mm512_maskz_loadu_ps(valid, at);
          const Vec odd = i + 1 < k ? _mm512_maskz_loadu_ps(valid, at + k_step) : vzero();
          _mm512_mask_storeu_epi32(to, stored, pairs(even, odd));
        }
        continue;
      }
      for (int64_t i = 0; i < k; i += 2 * kLanes, to += kLanes * width) {
        const __mmask16 low = lanes_below(k - i);
        const __mmask16 high = lanes_below(k - i - kLanes);
        __m512i r[kLanes];
        POACL_UNROLL
        for (int l = 0; l < kLanes; ++l) {
          const float* at = from + l * line_step + i;
          r[l] = first + l < lines
                     ? (__m512i)_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(high, at + kLanes),
                                                    _mm512_maskz_loadu_ps(low, at))
                     : _mm512_setzero_si512();
        }
        transpose_words(r);
        const int64_t steps = (k - i + 1) / 2;
        POACL_UNROLL
        for (int s = 0; s < kLanes; ++s) {
          if (s < steps) _mm512_mask_storeu_epi32(to + s * width, stored, r[s]);
        }
      }
    }
  }
};

}  // namespace poacl::POACL_SIMD
