#include "kernels/blocks/block_kernels.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> block_kernels() {
  static constexpr const KernelImpl* kList[] = {&kDepthToSpaceRef, &kSpaceToDepthRef, &kCol2imRef,
                                                &kCenterCropPadRef};
  return kList;
}

}  // namespace poacl
