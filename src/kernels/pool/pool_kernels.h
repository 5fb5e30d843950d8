// Every implementation of MaxPoolV3, AvgPoolV2 and GlobalAveragePool; pool_list.cc orders them.
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

}  // namespace poacl
