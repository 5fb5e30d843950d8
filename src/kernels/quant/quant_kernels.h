// Quantize, DequantizeLinear, DynamicQuantizeLinear: what their kernels share.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

// Where the scale (and zero point) of an element stands: x as [outer, length, inner], where the
// middle dimension is the axis; element (o, l, i) has scale number
// (o * blocks + l / block) * inner + i when blocked, l when per axis, 0 when per tensor.
struct QuantGeometry {
  int64_t outer = 1, length = 1, inner = 1;
  int64_t block = 0;   // elements of the axis that share a scale; 0: not blocked
  int64_t blocks = 0;  // scales along the axis when blocked
  bool per_axis = false;

  int64_t scale_of(int64_t o, int64_t l, int64_t i) const {
    if (block != 0) return (o * blocks + l / block) * inner + i;
    return per_axis ? l : 0;
  }
};

struct QuantParams {
  QuantGeometry geometry;
  DataType input;      // of x
  DataType output;     // of y
  DataType precision;  // in which x / scale is rounded; float16 and bfloat16 narrow the quotient
  bool has_zero_point;
};

// x, scale and an optional zero point at inputs 0, 1, 2; declines what the kernels do not compute.
Status read_quant(const OpInstance& op, QuantParams* params);

// Numbers of the integer type, as float; 0, 0 for types that are not quantised to.
struct QuantRange {
  float low, high;
};
QuantRange quant_range(DataType type);

// Of Quantize and DequantizeLinear, best first.
std::span<const KernelImpl* const> quant_rows_kernels();

extern const KernelImpl kQuantizeRef;
extern const KernelImpl kDequantizeRef;
extern const KernelImpl kDynamicQuantizeRef;

}  // namespace poacl
