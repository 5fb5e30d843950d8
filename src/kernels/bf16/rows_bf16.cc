#include "kernels/bf16/bf16_vec.h"
// The vector header comes first.
#include "kernels/bf16/bf16_rows.h"

namespace poacl {

void bf16_widen_row(const uint16_t* src, int64_t count, float* dst) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) bf16::vstore(dst + i, bf16::load(src + i));
  if (i == count) return;
  const __mmask16 mask = bf16::first_lanes(count - i);
  _mm512_mask_storeu_ps(dst + i, mask, bf16::widen(_mm256_maskz_loadu_epi16(mask, src + i)));
}

void bf16_round_row(const float* src, int64_t count, uint16_t* dst) {
  int64_t i = 0;
  for (; i + 32 <= count; i += 32) {
    bf16::store_two(dst + i, bf16::vload(src + i), bf16::vload(src + i + 16));
  }
  for (; i < count; i += 16) {
    const __mmask16 mask = bf16::first_lanes(count - i);
    const __m256i v = (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, src + i));
    _mm256_mask_storeu_epi16(dst + i, mask, v);
  }
}

}  // namespace poacl
