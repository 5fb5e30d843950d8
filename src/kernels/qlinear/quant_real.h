// What QuantLinear does with a product before it is done: the sums as reals, a float bias, GELU and
// another tensor added, the result float or rounded to eight bits.
#pragma once

#include <cstdint>

#include "kernels/kernel.h"
#include "kernels/qlinear/quant_matmul.h"

namespace poacl {

enum class QuantAddend : int { kNone, kFloat, kInt8, kUint8 };

struct QuantRealParams {
  float scale;  // of eight-bit results, their offset taken off; 1 where the sums are scaled already
  bool has_bias, gelu;
  QuantAddend addend;
  float addend_scale;
  int32_t addend_offset;
  bool is_signed, is_float;  // the result's type; uint8 where both are false
  // result = saturate(round(real * inverse) + offset); low and high bound it before the offset.
  float inverse, low, high;
  int32_t offset;
};

// The product, up to its scaled or rounded sums, and what follows.
struct QuantLinearParams {
  QuantMatmulParams product;
  QuantRealParams real;
};
Status read_quant_linear(const OpInstance& op, QuantLinearParams* params);

// Inputs of QuantLinear behind those of QuantBatchMatmul.
inline constexpr size_t kRealBias = 7;
inline constexpr size_t kRealAddend = 8;

}  // namespace poacl
