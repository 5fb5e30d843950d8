// The family's kernels.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kGatherElementsLines;
extern const KernelImpl kGatherElementsRef;
extern const KernelImpl kGatherNdRef;
extern const KernelImpl kScatterElementsRef;
extern const KernelImpl kTensorScatterUpdateRef;
extern const KernelImpl kTensorScatterAddRef;
extern const KernelImpl kTensorScatterMulRef;
extern const KernelImpl kTensorScatterMaxRef;
extern const KernelImpl kTensorScatterMinRef;
extern const KernelImpl kReverseSequenceRef;

}  // namespace poacl
