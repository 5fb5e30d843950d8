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
      &kConv2dRef,
  };
  return kList;
}

}  // namespace poacl
