#include "kernels/families.h"
#include "kernels/scatter/scatter_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> scatter_kernels() {
  static const KernelImpl* const kList[] = {
      &kGatherElementsLines,
      &kGatherElementsRef,   // GatherElements
      &kGatherNdRef,         // GatherNd
      &kScatterElementsRef,  // ScatterElements
      &kTensorScatterUpdateRef,
      &kTensorScatterAddRef,  // TensorScatter...
      &kTensorScatterMulRef,
      &kTensorScatterMaxRef,
      &kTensorScatterMinRef,
      &kReverseSequenceRef,  // ReverseSequence
  };
  return kList;
}

}  // namespace poacl
