#include "kernels/families.h"
#include "kernels/resize/resize_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> resize_kernels() {
  static constexpr const KernelImpl* kList[] = {
      &kResizeBlockedAvx512, &kResizeBlockedAvx2, &kResizeBlockedGeneric,
      &kResizePlanesAvx512,  &kResizePlanesAvx2,  &kResizePlanesGeneric,
      &kResizeRef,
  };
  return kList;
}

}  // namespace poacl
