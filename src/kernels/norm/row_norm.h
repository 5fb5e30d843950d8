// LayerNormV3, RmsNorm, GroupNorm and InstanceNorm are one computation: x as rows, each normalised
// by its own statistics, then scaled and shifted by numbers that repeat in a cycle.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

// Element i of row r belongs to parameter (r * length + i) / inner % parameters.
struct RowNormParams {
  DataType dtype;
  int64_t rows, length;
  int64_t inner, parameters;
  float epsilon;
  bool centred;  // subtract the mean (all but RmsNorm)
  bool has_gamma, has_beta;
  bool has_mean;            // output 1 is the mean of each row
  int spread_output;        // output with the row's spread; 0: none
  bool spread_is_variance;  // else 1 / sqrt(variance + epsilon)
};

// Reads and checks any of the four operators.
Status read_row_norm(const OpInstance& op, RowNormParams* params);

extern const KernelImpl kLayerNormRef;
extern const KernelImpl kRmsNormRef;
extern const KernelImpl kGroupNormRef;
extern const KernelImpl kInstanceNormRef;

// Best first.
std::span<const KernelImpl* const> row_norm_vector_kernels();

void row_norm_run_generic(const KernelArgs& args);
POACL_X86 void row_norm_run_avx2(const KernelArgs& args);
POACL_X86 void row_norm_run_avx512(const KernelArgs& args);

}  // namespace poacl
