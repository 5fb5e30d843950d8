// The vector kernels of the binary operators: entry points per instruction set.
#pragma once

#include "kernels/eltwise/binary_op.h"

namespace poacl {

void binary_run_generic(const KernelArgs& args);
POACL_X86 void binary_run_avx2(const KernelArgs& args);
POACL_X86 void binary_run_avx512(const KernelArgs& args);

// The kernels built on them, best first.
std::span<const KernelImpl* const> binary_vector_kernels();

}  // namespace poacl
