#include "kernels/families.h"
#include "kernels/shape/shape_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> shape_kernels() {
  static const KernelImpl* const kList[] = {
      &kConcatRef, &kSplitRef, &kTransposeRef, &kPadRef,  &kSliceRef,
      &kTileRef,   &kExpandRef, &kGatherRef,   &kFillRef, &kRangeRef,
  };
  return kList;
}

}  // namespace poacl
