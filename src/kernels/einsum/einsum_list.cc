#include "kernels/einsum/einsum_kernels.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> einsum_kernels() {
  static constexpr const KernelImpl* kList[] = {&kEinsumRef};
  return kList;
}

}  // namespace poacl
