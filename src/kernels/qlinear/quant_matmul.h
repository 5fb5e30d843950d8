// The numbers of one QuantBatchMatmul: y[b] = (x1[b] - x1_offset) * (x2[b] - x2_offset) + bias in
// int32; the sums may be scaled at once (quant_result.h), columns being the channels.
#pragma once

#include "kernels/kernel.h"
#include "kernels/matmul/matmul_geometry.h"
#include "kernels/qlinear/quant_result.h"

namespace poacl {

struct QuantMatmulParams {
  MatMulGeometry g;
  bool signed1, signed2;
  // Steps of the zero points, in elements: per matrix and per row (x1) or column (x2); 0 where one
  // number serves all.
  bool has_offset1, has_offset2;
  int64_t offset1_matrix, offset1_row;
  int64_t offset2_matrix, offset2_column;
  bool has_bias;
  QuantResultParams result;
};

Status read_quant_matmul(const OpInstance& op, QuantMatmulParams* params);

}  // namespace poacl
