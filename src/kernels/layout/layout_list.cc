#include "kernels/families.h"
#include "kernels/layout/layout_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> layout_kernels() {
  static constexpr const KernelImpl* kList[] = {&kTransDataTiled, &kTransDataBytes, &kTransDataRef};
  return kList;
}

}  // namespace poacl
