#include "kernels/families.h"
#include "kernels/random/random_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> random_kernels() {
  static constexpr const KernelImpl* kList[] = {&kRandomUniformRef, &kRandomNormalRef,
                                                &kBernoulliRef, &kMultinomialRef, &kDropoutRef};
  return kList;
}

}  // namespace poacl
