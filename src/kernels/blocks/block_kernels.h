// Implementations of the operators that move blocks of an image; block_list.cc orders them.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kDepthToSpaceRef;
extern const KernelImpl kSpaceToDepthRef;
extern const KernelImpl kCol2imRef;
extern const KernelImpl kCenterCropPadRef;

}  // namespace poacl
