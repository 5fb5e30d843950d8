#include "kernels/families.h"
#include "kernels/recurrent/recurrent_gemm.h"

namespace poacl {

std::span<const KernelImpl* const> recurrent_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    const auto gemm = recurrent_gemm_kernels();
    std::vector<const KernelImpl*> all(gemm.begin(), gemm.end());
    for (const KernelImpl* kernel : {&kRnnRef, &kGruRef, &kLstmRef}) all.push_back(kernel);
    return all;
  }();
  return list;
}

}  // namespace poacl
