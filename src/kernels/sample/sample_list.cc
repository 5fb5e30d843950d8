#include "kernels/families.h"
#include "kernels/sample/sample_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> sample_kernels() {
  static constexpr const KernelImpl* kList[] = {&kGridSampler2dRef, &kGridSampler3dRef,
                                                &kAffineGridRef, &kRoiAlignRef, &kRoiPoolingRef};
  return kList;
}

}  // namespace poacl
