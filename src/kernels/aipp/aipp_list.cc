#include "kernels/aipp/aipp_plan.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> aipp_kernels() {
  static constexpr const KernelImpl* kList[] = {&aipp::kAippAvx512, &aipp::kAippAvx2,
                                                &aipp::kAippRef};
  return kList;
}

}  // namespace poacl
