#include "kernels/families.h"
#include "kernels/signal/signal_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> signal_kernels() {
  static const KernelImpl* const kList[] = {
      &kDftFast, &kDftRef, &kStftFast, &kStftRef, &kMelWeightMatrixRef,
  };
  return kList;
}

}  // namespace poacl
