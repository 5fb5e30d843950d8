// Single kernels of the family; the tables of unary and binary operators are in their headers.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kSelectRef;
extern const KernelImpl kCastRef;

}  // namespace poacl
