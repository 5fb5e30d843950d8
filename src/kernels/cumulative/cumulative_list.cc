#include "kernels/cumulative/cumulative_kernels.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> cumulative_kernels() {
  static constexpr const KernelImpl* kList[] = {&kCumsumRef, &kCumprodRef};
  return kList;
}

}  // namespace poacl
