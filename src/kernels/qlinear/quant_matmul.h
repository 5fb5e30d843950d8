// The numbers of one QuantBatchMatmul: y[b] = (x1[b] - x1_offset) * (x2[b] - x2_offset) in int32.
#pragma once

#include "kernels/kernel.h"
#include "kernels/matmul/matmul_geometry.h"

namespace poacl {

struct QuantMatmulParams {
  MatMulGeometry g;
  bool signed1, signed2;
  // Steps of the zero points, in elements: per matrix and per row (x1) or column (x2); 0 where one
  // number serves all.
  bool has_offset1, has_offset2;
  int64_t offset1_matrix, offset1_row;
  int64_t offset2_matrix, offset2_column;
};

Status read_quant_matmul(const OpInstance& op, QuantMatmulParams* params);

}  // namespace poacl
