// Matrix products with few rows or few columns, where packing would cost more than multiplying: the
// few lines stay in registers or the first cache while the other operand is read once, as it is.
#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/kernel.h"
#include "kernels/matmul/matmul_geometry.h"

namespace poacl {

// Dot products shorter than this cost more in adding up lanes than in multiplying.
inline constexpr int64_t kShortestDot = 16;

// Few rows: the few lines are x1's rows, the streamed lines x2's columns. Few columns: the few
// lines are x2's columns, the streamed lines x1's rows.
struct SkinnyParams {
  MatMulGeometry g;
  bool few_columns;       // else few rows
  bool across;            // a step of k is contiguous over the streamed lines, else a line is
  bool short_dots;        // lines of few values of k are put across first
  int64_t few, lines;     // of a matrix
  int64_t few_copied;     // matrices of few lines that run() makes contiguous; 0: as they are
  int64_t block, blocks;  // streamed lines of an item; items of a matrix
  int64_t items_per_chunk;
  float low, high;
  Activation activation;
};

POACL_X86 void skinny_run_avx512(const KernelArgs& args);
POACL_X86 void skinny_run_avx2(const KernelArgs& args);
void skinny_run_generic(const KernelArgs& args);

}  // namespace poacl
