// Four-byte elements between plain order and blocks of 16 channels, in tiles of 16 x 16 that are
// transposed in registers.
#pragma once

#include <cstdint>

#include "base/x86.h"
#include "kernels/kernel.h"

namespace poacl {

struct TransDataWideParams {
  int64_t n, c, inner;
  int64_t blocks;      // channel blocks of an image
  int64_t part_cells;  // cells of one chunk, times a channel block; a multiple of 16
  bool to_blocks;
};

POACL_X86 void trans_data_wide_run_avx512(const KernelArgs& args);

}  // namespace poacl
