#include "kernels/conv/conv_kernels.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> conv_kernels() {
  static constexpr const KernelImpl* kList[] = {
      &kConv2dDepthwiseAvx512,  &kConv2dDirectAvx512,  // 16 channels per block
      &kConv2dDepthwiseAvx2,    &kConv2dDirectAvx2,    // 8 channels per block
      &kConv2dDepthwiseGeneric, &kConv2dDirectGeneric, &kConv2dRef,
  };
  return kList;
}

}  // namespace poacl
