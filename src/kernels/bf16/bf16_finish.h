// What happens to sums before they are rounded and stored. Include after bf16_vec.h.
#pragma once

#include "kernels/activation.h"
#include "kernels/simd/vec_math.h"

namespace poacl::bf16 {

struct Finish {
  Vec low, high;
  bool special;           // more than a clamp: `activation`, or padding channels to be cleared
  Activation activation;  // kNone when the clamp is all
};

// `count` pixels of one block, with `channels` that are not padding.
[[maybe_unused]] static __attribute__((noinline)) void store_special(const Finish& f, float* sums,
                                                                     int64_t count,
                                                                     int64_t channels,
                                                                     uint16_t* out) {
  const __mmask16 mask = first_lanes(channels);
  for (int64_t q = 0; q < count; ++q) {
    vstore(sums + q * 16, vat_most(vat_least(vload(sums + q * 16), f.low), f.high));
  }
  if (f.activation.kind != ActivationKind::kNone) {
    activate_vectors(sums, count, f.activation.kind, f.activation.alpha, f.activation.beta);
  }
  for (int64_t q = 0; q < count; ++q) {
    store(out + q * 16, _mm512_maskz_mov_ps(mask, vload(sums + q * 16)));
  }
}

// Q neighbouring pixels of one block; `residual` may be null.
template <int Q>
POACL_INLINE void store_pixels(const Finish& f, Vec* sums, int64_t channels,
                               const uint16_t* residual, uint16_t* out) {
  if (residual != nullptr) {
    POACL_UNROLL
    for (int q = 0; q < Q; ++q) sums[q] = vadd(sums[q], load(residual + q * 16));
  }
  if (__builtin_expect(f.special, false)) {
    float memory[Q * 16];
    POACL_UNROLL
    for (int q = 0; q < Q; ++q) vstore(memory + q * 16, sums[q]);
    store_special(f, memory, Q, channels, out);
    return;
  }
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) sums[q] = vat_most(vat_least(sums[q], f.low), f.high);
  POACL_UNROLL
  for (int q = 0; q + 2 <= Q; q += 2) store_two(out + q * 16, sums[q], sums[q + 1]);
  if (Q % 2 != 0) store(out + (Q - 1) * 16, sums[Q - 1]);
}

}  // namespace poacl::bf16
