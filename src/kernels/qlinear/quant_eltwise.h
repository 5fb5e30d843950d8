// QuantAdd and QuantGlobalAveragePool: eight-bit numbers that stand for reals,
// scale * (number - offset), computed with as reals and rounded once.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/kernel.h"
#include "kernels/simd/vec_common.h"

namespace poacl {

// y = saturate(round(x1 * factor1 + (x2 * factor2 + constant))), both products fused with their
// sums; low and high bound the result.
struct QuantAddParams {
  bool signed1, signed2, signed_y;
  float factor1, factor2, constant;
  float low, high;
  int64_t count;
};
Status read_quant_add(const OpInstance& op, QuantAddParams* params);
// The factors and bounds alone, from attributes whose names start with `prefix`, for sums of type
// `y`.
void set_quant_sum(const AttrMap& attrs, const std::string& prefix, DataType y,
                   QuantAddParams* params);

POACL_INLINE int32_t quant_sum(const QuantAddParams& p, int32_t a, int32_t b) {
  const float value = __builtin_fmaf(static_cast<float>(a), p.factor1,
                                     __builtin_fmaf(static_cast<float>(b), p.factor2, p.constant));
  const float raised = value > p.low ? value : p.low;  // takes what is not a number, too
  return static_cast<int32_t>(__builtin_nearbyintf(raised < p.high ? raised : p.high));
}

// y = saturate(round(float(sum of (x - x_offset)) * factor) + y_offset) over `area` cells.
struct QuantPoolParams {
  bool signed_x, signed_y;
  int64_t planes, channels, area;
  int32_t x_offset, y_offset;
  float factor;
  float low, high;  // before y_offset is added
};
Status read_quant_pool(const OpInstance& op, QuantPoolParams* params);

// The eight-bit number of a plane whose cells add up to `sum`.
POACL_INLINE int32_t quant_mean(const QuantPoolParams& p, int32_t sum) {
  const int64_t centred = sum - p.area * p.x_offset;
  const float value = static_cast<float>(centred) * p.factor;
  const float raised = value > p.low ? value : p.low;
  return static_cast<int32_t>(__builtin_nearbyintf(raised < p.high ? raised : p.high)) + p.y_offset;
}

}  // namespace poacl
