#include "kernels/families.h"
#include "kernels/generate/generate_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> generate_kernels() {
  static constexpr const KernelImpl* kList[] = {
      &kEyeLikeRef,           &kOneHotRef, &kHannWindowRef, &kHammingWindowRef, &kBlackmanWindowRef,
      &kMatrixDeterminantRef, &kTfIdfRef};
  return kList;
}

}  // namespace poacl
