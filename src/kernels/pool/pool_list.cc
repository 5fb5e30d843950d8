#include "kernels/families.h"
#include "kernels/pool/pool_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> pool_kernels() {
  static constexpr const KernelImpl* kList[] = {&kMaxPoolRef, &kAvgPoolRef, &kGlobalAvgPoolRef};
  return kList;
}

}  // namespace poacl
