#include "kernels/families.h"
#include "kernels/matmul/matmul_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> matmul_kernels() {
  static constexpr const KernelImpl* kList[] = {
      &kMatMulGemmBf16,        &kBatchMatMulGemmBf16,      &kMatMulSkinnyAvx512,
      &kMatMulSkinnyAvx2,      &kMatMulSkinnyGeneric,      &kBatchMatMulSkinnyAvx512,
      &kBatchMatMulSkinnyAvx2, &kBatchMatMulSkinnyGeneric, &kMatMulGemmAvx512,
      &kMatMulGemmAvx2,        &kMatMulGemmGeneric,        &kMatMulRef,
      &kBatchMatMulGemmAvx512, &kBatchMatMulGemmAvx2,      &kBatchMatMulGemmGeneric,
      &kBatchMatMulRef,
  };
  return kList;
}

}  // namespace poacl
