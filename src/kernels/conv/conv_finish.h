// How the convolutions on plain tensors end a row of outputs: residual, clamp and activation, in
// the namespace of the including unit's ISA. Include after vec_<isa>.h.
#pragma once

#include "kernels/simd/epilogue.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

POACL_INLINE void add_to_row(const float* from, int64_t count, float* row) {
  for (int64_t i = 0; i < count; ++i) row[i] += from[i];
}

POACL_INLINE void clamp_vectors(const Epilogue& e, int64_t vectors, float* row) {
  const Vec low = vset1(e.low);
  const Vec high = vset1(e.high);
  for (int64_t i = 0; i < vectors; ++i, row += kLanes) {
    vstore(row, vat_most(vat_least(vload(row), low), high));
  }
}

// What a clamp leaves to do.
POACL_INLINE void activate_row(const Epilogue& e, int64_t vectors, float* row) {
  if (e.activation.kind == ActivationKind::kNone) return;
  activate_vectors(row, vectors, e.activation.kind, e.activation.alpha, e.activation.beta);
}

POACL_INLINE void finish_vectors(const Epilogue& e, int64_t vectors, float* row) {
  clamp_vectors(e, vectors, row);
  activate_row(e, vectors, row);
}

}  // namespace poacl::POACL_SIMD
