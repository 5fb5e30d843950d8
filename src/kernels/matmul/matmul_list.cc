#include "kernels/families.h"
#include "kernels/matmul/matmul_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> matmul_kernels() {
  static constexpr const KernelImpl* kList[] = {&kMatMulRef, &kBatchMatMulRef};
  return kList;
}

}  // namespace poacl
