// The kernel lists, one per family folder: every implementation of the family's operators, best
// first for each operator, reference last.
#pragma once

#include <span>

#include "kernels/kernel.h"

namespace poacl {

std::span<const KernelImpl* const> conv_kernels();     // Conv2D
std::span<const KernelImpl* const> matmul_kernels();   // MatMulV2, BatchMatMulV2
std::span<const KernelImpl* const> pool_kernels();     // MaxPoolV3, AvgPoolV2, GlobalAveragePool
std::span<const KernelImpl* const> layout_kernels();   // TransData
std::span<const KernelImpl* const> eltwise_kernels();  // unary, binary, Cast, activations
std::span<const KernelImpl* const> norm_kernels();     // BatchNorm, LRN, SoftmaxV2
std::span<const KernelImpl* const> reduce_kernels();   // ReduceMean...
std::span<const KernelImpl* const> shape_kernels();    // ConcatD, TransposeD, slices, gathers...

}  // namespace poacl
