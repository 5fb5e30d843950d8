// The cells' functions over vectors, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/recurrent/recurrent_gemm.h"
#include "kernels/simd/vec_math.h"
#include "kernels/simd/vec_rows.h"

namespace poacl::POACL_SIMD {

static void cell_activate(const CellFunction& function, float clip, float* values, int64_t count) {
  const bool sigmoid = function.kind == CellActivation::kSigmoid;
  const bool vector = sigmoid || function.kind == CellActivation::kTanh;
  const Vec low = vset1(clip > 0 ? -clip : -__builtin_inff());
  const Vec high = vset1(clip > 0 ? clip : __builtin_inff());
  const auto clipped = [&](Vec v) __attribute__((always_inline)) {
    return clip > 0 ? vat_most(vat_least(v, low), high) : v;
  };
  const auto apply = [&](Vec v) __attribute__((always_inline)) {
    return sigmoid ? vsigmoid(v) : vtanh(v);
  };
  int64_t i = 0;
  if (vector) {
    for (; i + kLanes <= count; i += kLanes) {
      vstore(values + i, apply(clipped(vload(values + i))));
    }
    if (i < count) {
      const Vec rest = apply(clipped(vload_some(values + i, count - i, 0.0f)));
      vstore_some(values + i, rest, count - i);
    }
    return;
  }
  for (; i < count; ++i) {
    float x = values[i];
    if (clip > 0) x = x < -clip ? -clip : x > clip ? clip : x;
    values[i] = static_cast<float>(apply_cell(function, static_cast<double>(x)));
  }
}

}  // namespace poacl::POACL_SIMD
