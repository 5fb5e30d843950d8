// Every implementation of MatMulV2 and BatchMatMulV2; matmul_list.cc puts them in order.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kMatMulGemmBf16;
extern const KernelImpl kMatMulSkinnyAvx512;
extern const KernelImpl kMatMulSkinnyAvx2;
extern const KernelImpl kMatMulSkinnyGeneric;
extern const KernelImpl kMatMulGemmAvx512;
extern const KernelImpl kMatMulGemmAvx2;
extern const KernelImpl kMatMulGemmGeneric;
extern const KernelImpl kBatchMatMulGemmBf16;
extern const KernelImpl kBatchMatMulSkinnyAvx512;
extern const KernelImpl kBatchMatMulSkinnyAvx2;
extern const KernelImpl kBatchMatMulSkinnyGeneric;
extern const KernelImpl kBatchMatMulGemmAvx512;
extern const KernelImpl kBatchMatMulGemmAvx2;
extern const KernelImpl kBatchMatMulGemmGeneric;
extern const KernelImpl kMatMulRef;
extern const KernelImpl kBatchMatMulRef;

}  // namespace poacl
