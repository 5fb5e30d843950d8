// The vector kernels of the unary operators: entry points per instruction set.
#pragma once

#include "kernels/eltwise/unary_op.h"

namespace poacl {

void unary_run_generic(const KernelArgs& args);
POACL_X86 void unary_run_avx2(const KernelArgs& args);
POACL_X86 void unary_run_avx512(const KernelArgs& args);

// The kernels built on them, best first.
std::span<const KernelImpl* const> unary_vector_kernels();

}  // namespace poacl
