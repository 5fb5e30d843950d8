// Every implementation of MatMulV2 and BatchMatMulV2; matmul_list.cc puts them in order.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kMatMulRef;
extern const KernelImpl kBatchMatMulRef;

}  // namespace poacl
