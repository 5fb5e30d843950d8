// LayerNormQuant: LayerNormV3 whose result is rounded to eight bits.
#pragma once

#include <cstdint>

#include "base/x86.h"
#include "kernels/kernel.h"
#include "kernels/norm/row_norm.h"

namespace poacl {

struct Int8NormParams {
  RowNormParams norm;
  // y = saturate(round(normalised * inverse) + offset); low and high bound it before the offset.
  float inverse, low, high;
  int32_t offset;
};

POACL_X86 void int8_norm_run_avx512(const KernelArgs& args);
POACL_X86 void int8_norm_run_avx2(const KernelArgs& args);
void int8_norm_run_generic(const KernelArgs& args);

// Best first, the reference last.
std::span<const KernelImpl* const> int8_norm_kernels();

}  // namespace poacl
