// Implementations of Resize; resize_list.cc orders them.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kResizeBlockedAvx512;
extern const KernelImpl kResizeBlockedAvx2;
extern const KernelImpl kResizeBlockedGeneric;
extern const KernelImpl kResizePlanesAvx512;
extern const KernelImpl kResizePlanesAvx2;
extern const KernelImpl kResizePlanesGeneric;
extern const KernelImpl kResizeRef;

}  // namespace poacl
