// Cumsum and Cumprod.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kCumsumRef;
extern const KernelImpl kCumprodRef;

}  // namespace poacl
