// Every implementation of Conv2D; conv_list.cc puts them in order.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kConv2dDepthwiseAvx512;
extern const KernelImpl kConv2dDepthwiseAvx2;
extern const KernelImpl kConv2dDepthwiseGeneric;
extern const KernelImpl kConv2dDirectAvx512;
extern const KernelImpl kConv2dDirectAvx2;
extern const KernelImpl kConv2dDirectGeneric;
extern const KernelImpl kConv2dWinograd4Avx512;
extern const KernelImpl kConv2dWinograd4Avx2;
extern const KernelImpl kConv2dWinograd4Generic;
extern const KernelImpl kConv2dWinograd2Avx512;
extern const KernelImpl kConv2dWinograd2Avx2;
extern const KernelImpl kConv2dWinograd2Generic;
extern const KernelImpl kConv2dRef;

}  // namespace poacl
