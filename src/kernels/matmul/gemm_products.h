// What a matrix product multiplies: packed operands consist of steps of k, a step of one word for
// each row or column. A word is a float here and a pair of bfloat16 in gemm_products_bf16.h. In the
// namespace of the including unit's ISA; include after vec_<isa>.h.
#pragma once

#include <cstdint>

#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

struct FloatProducts {
  static constexpr int64_t kGroup = 1;  // values of k in a word

  POACL_INLINE Vec multiply_add(Vec a, Vec b, Vec sum) { return vfma(a, b, sum); }

  // An activation of `count` vectors of results, in place.
  static void activate(float* p, int64_t count, const Activation& a) {
    activate_vectors(p, count, a.kind, a.alpha, a.beta);
  }

  // `lines` rows or columns, `line_step` apart, of k values, `k_step` apart (one of the two is 1),
  // as [k][width]; what is past the lines is zero.
  static void pack(const float* src, int64_t line_step, int64_t k_step, int64_t lines,
                   int64_t width, int64_t k, float* dst) {
    for (int64_t i = 0; i < k; ++i, src += k_step, dst += width) {
      for (int64_t l = 0; l < lines; ++l) dst[l] = src[l * line_step];
      for (int64_t l = lines; l < width; ++l) dst[l] = 0.0f;
    }
  }
};

}  // namespace poacl::POACL_SIMD
