#include "kernels/bf16/bf16_conv.h"
#include "kernels/bf16/bf16_depthwise.h"
#include "kernels/bf16/bf16_winograd.h"
#include "kernels/conv/conv_kernels.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> conv_kernels() {
  static constexpr const KernelImpl* kList[] = {
      // Blocks of 16 channels in bfloat16.
      &kConv2dDepthwiseBf16,
      &kConv2dWinogradBf16,
      &kConv2dDirectBf16,
      // Blocks of 16 channels.
      &kConv2dPlanesAvx512,
      &kConv2dDepthwiseAvx512,
      &kConv2dWinograd4Avx512,
      &kConv2dWinograd2Avx512,
      &kConv2dDirectAvx512,
      // Blocks of 8.
      &kConv2dPlanesAvx2,
      &kConv2dDepthwiseAvx2,
      &kConv2dWinograd4Avx2,
      &kConv2dWinograd2Avx2,
      &kConv2dDirectAvx2,
      &kConv2dPlanesGeneric,
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
      &kConv3dPlanesAvx512,
      &kConv3dPlanesAvx2,
      &kConv3dPlanesGeneric,
      &kConv3dTapsAvx512,
      &kConv3dTapsAvx2,
      &kConv3dTapsGeneric,
      &kConv3dRef,
      &kConv2dTransposeCellsAvx512,
      &kConv2dTransposeSpreadAvx512,
      &kConv2dTransposePlanesAvx512,
      &kConv2dTransposeCellsAvx2,
      &kConv2dTransposeSpreadAvx2,
      &kConv2dTransposePlanesAvx2,
      &kConv2dTransposeCellsGeneric,
      &kConv2dTransposeSpreadGeneric,
      &kConv2dTransposePlanesGeneric,
      &kConv2dTransposeTapsAvx512,
      &kConv2dTransposeTapsAvx2,
      &kConv2dTransposeTapsGeneric,
      &kConv2dTransposeRef,
      &kConv3dTransposeCellsAvx512,
      &kConv3dTransposeSpreadAvx512,
      &kConv3dTransposePlanesAvx512,
      &kConv3dTransposeCellsAvx2,
      &kConv3dTransposeSpreadAvx2,
      &kConv3dTransposePlanesAvx2,
      &kConv3dTransposeCellsGeneric,
      &kConv3dTransposeSpreadGeneric,
      &kConv3dTransposePlanesGeneric,
      &kConv3dTransposeTapsAvx512,
      &kConv3dTransposeTapsAvx2,
      &kConv3dTransposeTapsGeneric,
      &kConv3dTransposeRef,
      &kDeformableConvRef,
  };
  return kList;
}

}  // namespace poacl
