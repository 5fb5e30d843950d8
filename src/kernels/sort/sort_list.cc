#include "kernels/families.h"
#include "kernels/sort/sort_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> sort_kernels() {
  static const KernelImpl* const kList[] = {&kTopKSelect, &kTopKRef};
  return kList;
}

}  // namespace poacl
