// Every implementation of MaxPoolV3, AvgPoolV2 and GlobalAveragePool; pool_list.cc orders them.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kMaxPoolRef;
extern const KernelImpl kAvgPoolRef;
extern const KernelImpl kGlobalAvgPoolRef;

}  // namespace poacl
