#include "kernels/families.h"
#include "kernels/norm/norm_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> norm_kernels() {
  static const KernelImpl* const kList[] = {
      &kSoftmaxRef,
      &kLogSoftmaxRef,
      &kLrnRef,
      &kBatchNormRef,
  };
  return kList;
}

}  // namespace poacl
