// The family's kernels.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kTopKSelect;
extern const KernelImpl kTopKRef;

}  // namespace poacl
