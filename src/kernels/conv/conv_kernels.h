// Every implementation of Conv2D, Conv3D and their relatives; conv_list.cc puts them in order.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kConv2dDepthwiseAvx512;
extern const KernelImpl kConv2dDepthwiseAvx2;
extern const KernelImpl kConv2dDepthwiseGeneric;
extern const KernelImpl kConv2dDirectAvx512;
extern const KernelImpl kConv2dDirectAvx2;
extern const KernelImpl kConv2dDirectGeneric;
extern const KernelImpl kConv2dWinograd4Avx512;
extern const KernelImpl kConv2dWinograd4Avx2;
extern const KernelImpl kConv2dWinograd4Generic;
extern const KernelImpl kConv2dWinograd2Avx512;
extern const KernelImpl kConv2dWinograd2Avx2;
extern const KernelImpl kConv2dWinograd2Generic;
extern const KernelImpl kConv2dDoubleRef;
extern const KernelImpl kConv2dPlanesAvx512;
extern const KernelImpl kConv2dPlanesAvx2;
extern const KernelImpl kConv2dPlanesGeneric;
extern const KernelImpl kConv3dPlanesAvx512;
extern const KernelImpl kConv3dPlanesAvx2;
extern const KernelImpl kConv3dPlanesGeneric;
extern const KernelImpl kConv2dTransposeCellsAvx512;
extern const KernelImpl kConv2dTransposeCellsAvx2;
extern const KernelImpl kConv2dTransposeCellsGeneric;
extern const KernelImpl kConv3dTransposeCellsAvx512;
extern const KernelImpl kConv3dTransposeCellsAvx2;
extern const KernelImpl kConv3dTransposeCellsGeneric;
extern const KernelImpl kConv2dTransposeSpreadAvx512;
extern const KernelImpl kConv2dTransposeSpreadAvx2;
extern const KernelImpl kConv2dTransposeSpreadGeneric;
extern const KernelImpl kConv3dTransposeSpreadAvx512;
extern const KernelImpl kConv3dTransposeSpreadAvx2;
extern const KernelImpl kConv3dTransposeSpreadGeneric;
extern const KernelImpl kConv2dTransposePlanesAvx512;
extern const KernelImpl kConv2dTransposePlanesAvx2;
extern const KernelImpl kConv2dTransposePlanesGeneric;
extern const KernelImpl kConv3dTransposePlanesAvx512;
extern const KernelImpl kConv3dTransposePlanesAvx2;
extern const KernelImpl kConv3dTransposePlanesGeneric;
extern const KernelImpl kConv2dTapsAvx512;
extern const KernelImpl kConv2dTapsAvx2;
extern const KernelImpl kConv2dTapsGeneric;
extern const KernelImpl kConv3dTapsAvx512;
extern const KernelImpl kConv3dTapsAvx2;
extern const KernelImpl kConv3dTapsGeneric;
extern const KernelImpl kConv2dTransposeTapsAvx512;
extern const KernelImpl kConv2dTransposeTapsAvx2;
extern const KernelImpl kConv2dTransposeTapsGeneric;
extern const KernelImpl kConv3dTransposeTapsAvx512;
extern const KernelImpl kConv3dTransposeTapsAvx2;
extern const KernelImpl kConv3dTransposeTapsGeneric;
extern const KernelImpl kConv3dRef;
extern const KernelImpl kConv2dTransposeRef;
extern const KernelImpl kConv3dTransposeRef;
extern const KernelImpl kDeformableConvRef;
extern const KernelImpl kConv2dRef;

}  // namespace poacl
