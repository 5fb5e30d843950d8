// Single kernels of the family; the tables of unary and binary operators are in their headers.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kSelectRef;
extern const KernelImpl kCastRef;
extern const KernelImpl kBitcastRef;
extern const KernelImpl kIsNanRef;
extern const KernelImpl kIsInfRef;
extern const KernelImpl kTriluRef;

}  // namespace poacl
