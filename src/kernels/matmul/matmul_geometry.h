// The numbers of one MatMulV2 or BatchMatMulV2, checked once for every kernel of the family.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "kernels/activation.h"
#include "kernels/kernel.h"

namespace poacl {

inline constexpr int kMatMulBatchRank = 6;

// y[b] = activation(x1[b] * x2[b] + bias + residual[b]) over row-major matrices [M,K] and [K,N]
// (stored transposed where the flag says so). Broadcast batch dimensions have stride 0.
struct MatMulGeometry {
  int64_t m, k, n;
  bool transpose_x1, transpose_x2;
  int64_t batch;  // matrices in y
  int batch_rank;
  int64_t batch_dims[kMatMulBatchRank];
  int64_t x1_stride[kMatMulBatchRank];  // in matrices
  int64_t x2_stride[kMatMulBatchRank];
  bool has_bias;
  bool has_residual;
  DataType dtype;
  Activation activation;

  // Which matrix of x1 / x2 belongs to matrix `index` of y.
  int64_t x1_matrix(int64_t index) const { return matrix(index, x1_stride); }
  int64_t x2_matrix(int64_t index) const { return matrix(index, x2_stride); }

 private:
  int64_t matrix(int64_t index, const int64_t* strides) const {
    int64_t at = 0;
    for (int d = batch_rank - 1; d >= 0; --d) {
      at += index % batch_dims[d] * strides[d];
      index /= batch_dims[d];
    }
    return at;
  }
};

// Reads and checks the operator; otherwise declines with the numbers.
Result<MatMulGeometry> matmul_geometry(const OpInstance& op);

}  // namespace poacl
