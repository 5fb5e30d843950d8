// Every implementation of the pools; pool_list.cc orders them.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kMaxPoolAvx512;
extern const KernelImpl kMaxPoolAvx2;
extern const KernelImpl kMaxPoolGeneric;
extern const KernelImpl kAvgPoolAvx512;
extern const KernelImpl kAvgPoolAvx2;
extern const KernelImpl kAvgPoolGeneric;
extern const KernelImpl kGlobalAvgPoolAvx512;
extern const KernelImpl kGlobalAvgPoolAvx2;
extern const KernelImpl kGlobalAvgPoolGeneric;
extern const KernelImpl kMaxPoolRef;
extern const KernelImpl kAvgPoolRef;
extern const KernelImpl kGlobalAvgPoolRef;
extern const KernelImpl kMaxPool3dRef;
extern const KernelImpl kMaxPoolArgmaxRef;
extern const KernelImpl kMaxPool3dArgmaxRef;
extern const KernelImpl kAvgPool3dRef;
extern const KernelImpl kLpPool2dRef;
extern const KernelImpl kLpPool3dRef;
extern const KernelImpl kGlobalLpPoolRef;
extern const KernelImpl kMaxUnpoolRef;

}  // namespace poacl
