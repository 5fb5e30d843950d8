#include "kernels/families.h"
#include "kernels/loss/loss_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> loss_kernels() {
  static constexpr const KernelImpl* kList[] = {&kNllLossRef};
  return kList;
}

}  // namespace poacl
