// The family's kernels.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kDftFast;
extern const KernelImpl kDftRef;
extern const KernelImpl kStftFast;
extern const KernelImpl kStftRef;
extern const KernelImpl kMelWeightMatrixRef;

}  // namespace poacl
