// Rows of eight-bit numbers times packed constant weights: QuantBatchMatmul and QuantLinear.
#pragma once

#include <cstdint>

#include "base/x86.h"
#include "kernels/int8/int8_conv.h"
#include "kernels/qlinear/quant_real.h"

namespace poacl {

// Results come in groups of `blocks` x 16 columns. Weights: [group][word of inputs][block][16
// columns][inputs of a word: four, or two of 16 bits], the last group with as many blocks as there
// are; then the biases, the scales and the float biases of all blocks.
struct Int8LinearParams {
  int64_t rows, depth;
  int64_t words;            // of a row
  bool copied;              // the rows are no whole words, or bytes: they are copied to scratch
  uint32_t flip;            // makes the input's bytes unsigned
  int64_t columns, blocks;  // of all groups
  int64_t group_blocks, groups;
  int64_t tile;  // most rows of a register tile
  int64_t row_chunk, group_chunk;
  int64_t weight_bytes;
  Int8Finish finish;
  bool has_real;
  QuantRealParams real;
};

POACL_X86 void int8_linear_run_vnni(const KernelArgs& args);
POACL_X86 void int8_linear_run_avx2(const KernelArgs& args);
void int8_linear_run_generic(const KernelArgs& args);

// Best first.
std::span<const KernelImpl* const> int8_linear_kernels();

}  // namespace poacl
