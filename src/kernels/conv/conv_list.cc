#include "kernels/conv/conv_kernels.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> conv_kernels() {
  static constexpr const KernelImpl* kList[] = {&kConv2dRef};
  return kList;
}

}  // namespace poacl
