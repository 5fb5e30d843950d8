// Elementwise operators on tensors that are bfloat16 in memory, in either order: pieces that fit
// the first cache are widened, computed by the float kernels and rounded. Taken when the operands
// come that way.
#pragma once

#include <span>

#include "kernels/kernel.h"

namespace poacl {

std::span<const KernelImpl* const> bf16_unary_kernels();
std::span<const KernelImpl* const> bf16_binary_kernels();

}  // namespace poacl
