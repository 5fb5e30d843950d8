#include "kernels/families.h"
#include "kernels/shape/shape_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> shape_kernels() {
  static const KernelImpl* const kList[] = {
      &kConcatCopy,     &kConcatRef,               // ConcatD
      &kSplitCopy,      &kSplitRef,                // SplitVD
      &kSplitVCopy,     &kSplitVRef,               // SplitV
      &kTransposeTiled, &kTransposeRef,            // TransposeD
      &kPadCopy,        &kPadRows,      &kPadRef,  // PadV3
      &kSliceCopy,      &kSliceRef,                // StridedSliceV2
      &kTileCopy,       &kTileRef,                 // Tile
      &kExpandCopy,     &kExpandRef,               // Expand
      &kGatherRows,     &kGatherRef,               // GatherV2
      &kFillRef,                                   // Fill
      &kRangeRef,                                  // Range
  };
  return kList;
}

}  // namespace poacl
