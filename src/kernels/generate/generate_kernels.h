// Tensors made from few numbers: EyeLike, OneHot, the windows; and MatrixDeterminant and
// TfIdfVectorizer, which stand alone.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kEyeLikeRef;
extern const KernelImpl kOneHotRef;
extern const KernelImpl kHannWindowRef;
extern const KernelImpl kHammingWindowRef;
extern const KernelImpl kBlackmanWindowRef;
extern const KernelImpl kMatrixDeterminantRef;
extern const KernelImpl kTfIdfRef;

}  // namespace poacl
