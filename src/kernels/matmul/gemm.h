// Matrix product in register tiles over packed operands: x1 in tiles of a few rows
// [k][rows], x2 in panels of one or two vectors of columns [k][columns].
#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/kernel.h"
#include "kernels/matmul/matmul_geometry.h"

namespace poacl {

struct GemmParams {
  MatMulGeometry g;
  int64_t x1_matrices, x2_matrices;  // stored ones
  int64_t padded_n;                  // columns of all panels
  int64_t row_tile;                  // rows of a tile; 1: x1 is read in place
  int64_t panel_chunk, tile_chunk;   // work of one chunk
  bool x2_packed;                    // by pack(); else run() does it
  bool bias_packed;
  int64_t x1_offset, x2_offset, bias_offset;  // of what run() packs, in floats of scratch
  float low, high;
  Activation activation;
};

void gemm_run_avx512(const KernelArgs& args);
void gemm_run_avx2(const KernelArgs& args);
void gemm_run_generic(const KernelArgs& args);

}  // namespace poacl
