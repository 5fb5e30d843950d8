// Implementations of the operators that read an image at computed positions; sample_list.cc orders
// them.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kGridSampler2dRef;
extern const KernelImpl kGridSampler3dRef;
extern const KernelImpl kAffineGridRef;
extern const KernelImpl kRoiAlignRef;
extern const KernelImpl kRoiPoolingRef;

}  // namespace poacl
