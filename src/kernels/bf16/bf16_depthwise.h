// Depthwise convolution on channel blocks of bfloat16. Filters and sums are float.
#pragma once

#include "kernels/conv/conv_depthwise.h"

namespace poacl {

struct Bf16DepthwiseParams {
  ConvDepthwiseParams conv;
  bool pairs;    // two output rows at a time, `conv.tile` columns of each
  bool special;  // the result wants more than a clamp
};

extern const KernelImpl kConv2dDepthwiseBf16;

POACL_X86 void bf16_depthwise_run(const KernelArgs& args);

}  // namespace poacl
