// QuantBatchMatmul of two tensors that are both made at run time.
#pragma once

#include <cstdint>

#include "kernels/int8/int8_linear.h"

namespace poacl {

// Each job takes some rows of one product and packs the second operand for itself.
struct Int8ProductParams {
  MatMulGeometry g;
  Int8LinearParams linear;  // of one product: columns, blocks, groups, words, finish
  int64_t pieces, piece;    // of the rows
  bool signed1, signed2;
  int32_t offset1, offset2;
  bool scale_per_column;
  // In a worker's scratch, in bytes.
  int64_t bias_at, scale_at, rows_at, worker_bytes;
};

POACL_X86 void int8_product_run_vnni(const KernelArgs& args);
POACL_X86 void int8_product_run_avx2(const KernelArgs& args);
void int8_product_run_generic(const KernelArgs& args);

// Best first.
std::span<const KernelImpl* const> int8_product_kernels();

}  // namespace poacl
