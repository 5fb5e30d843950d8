// What the plans of the bfloat16 kernels share.
#pragma once

#include "kernels/conv/conv_geometry.h"
#include "kernels/kernel.h"

namespace poacl {

// Declines on processors without products of bfloat16 pairs.
Status require_bf16_machine();

// Declines operators that must not multiply in bfloat16 (kComputeTypeAttr), too.
Status require_bf16_products(const OpInstance& op);

// Whether the first input arrives in the order that the kernels of this folder read.
inline bool offered_bf16_blocks(const OpInstance& op) {
  return !op.inputs.empty() && op.inputs[0].layout == Layout::kBlocked16Bf16;
}

// Layouts of x, filter, bias, residual and y; filter, and bias when there is one, are to be packed
// into so many bytes.
void set_bf16_conv_plan(const OpInstance& op, const ConvGeometry& g, Layout x, int64_t filter_bytes,
                        int64_t bias_floats, KernelPlan* plan);

}  // namespace poacl
