#include "kernels/families.h"
#include "kernels/reduce/reduce_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> reduce_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    std::vector<const KernelImpl*> all;
    for (const auto table : {reduce_vector_kernels, reduce_reference_kernels}) {
      all.insert(all.end(), table().begin(), table().end());
    }
    all.push_back(&kArgMaxRef);
    all.push_back(&kArgMinRef);
    all.push_back(&kHardMaxRef);
    return all;
  }();
  return list;
}

}  // namespace poacl
