#include "kernels/families.h"
#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> qlinear_kernels() {
  static constexpr const KernelImpl* kList[] = {&kQuantMatmulRows, &kQuantMatmulRef,
                                                &kQuantConvPlanes, &kQuantConvRef, &kRequantRef};
  return kList;
}

}  // namespace poacl
