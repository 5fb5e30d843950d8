// The family's kernels.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kConcatRef;
extern const KernelImpl kConcatCopy;
extern const KernelImpl kSplitRef;
extern const KernelImpl kSplitCopy;
extern const KernelImpl kSplitVRef;
extern const KernelImpl kSplitVCopy;
extern const KernelImpl kTransposeRef;
extern const KernelImpl kTransposeTiled;
extern const KernelImpl kPadRows;
extern const KernelImpl kPadRef;
extern const KernelImpl kPadCopy;
extern const KernelImpl kSliceRef;
extern const KernelImpl kSliceCopy;
extern const KernelImpl kTileRef;
extern const KernelImpl kTileCopy;
extern const KernelImpl kExpandRef;
extern const KernelImpl kExpandCopy;
extern const KernelImpl kGatherRows;
extern const KernelImpl kGatherRef;
extern const KernelImpl kFillRef;
extern const KernelImpl kRangeRef;

}  // namespace poacl
