#include "kernels/conv/conv_kernels.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> conv_kernels() {
  static constexpr const KernelImpl* kList[] = {
      // Blocks of 16 channels.
      &kConv2dDepthwiseAvx512,
      &kConv2dWinograd4Avx512,
      &kConv2dWinograd2Avx512,
      &kConv2dDirectAvx512,
      // Blocks of 8.
      &kConv2dDepthwiseAvx2,
      &kConv2dWinograd4Avx2,
      &kConv2dWinograd2Avx2,
      &kConv2dDirectAvx2,
      &kConv2dDepthwiseGeneric,
      &kConv2dWinograd4Generic,
      &kConv2dWinograd2Generic,
      &kConv2dDirectGeneric,
      // Filters that are not constant, and double.
      &kConv2dTapsAvx512,
      &kConv2dTapsAvx2,
      &kConv2dTapsGeneric,
      &kConv2dDoubleRef,
      &kConv2dRef,
      &kConv3dTapsAvx512,
      &kConv3dTapsAvx2,
      &kConv3dTapsGeneric,
      &kConv3dRef,
      &kConv2dTransposeTapsAvx512,
      &kConv2dTransposeTapsAvx2,
      &kConv2dTransposeTapsGeneric,
      &kConv2dTransposeRef,
      &kConv3dTransposeTapsAvx512,
      &kConv3dTransposeTapsAvx2,
      &kConv3dTransposeTapsGeneric,
      &kConv3dTransposeRef,
      &kDeformableConvRef,
  };
  return kList;
}

}  // namespace poacl
