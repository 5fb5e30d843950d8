// Pooling of channel blocks of bfloat16. One window over the whole image gives plain floats.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kMaxPoolBf16;
extern const KernelImpl kAvgPoolBf16;
extern const KernelImpl kGlobalAvgPoolBf16;

// The parameters are PoolBlockedParams.
POACL_X86 void bf16_pool_run(const KernelArgs& args);

}  // namespace poacl
