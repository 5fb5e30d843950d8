// TransData between float and bfloat16, in plain order and in blocks of 16 channels.
#pragma once

#include <cstdint>

#include "kernels/kernel.h"

namespace poacl {

struct Bf16TransDataParams {
  int64_t n, c, inner;  // the tensor as [n][c][inner]
  bool src_blocked, dst_blocked;
  bool src_bf16, dst_bf16;
  int64_t part;  // elements (same order) or cells (another order) of one chunk
};

extern const KernelImpl kTransDataBf16;

POACL_X86 void bf16_trans_data_run(const KernelArgs& args);

}  // namespace poacl
