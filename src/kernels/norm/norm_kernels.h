// The family's kernels and what its references and vector kernels share.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

// x as [outer, length, inner], normalised over length; possible when the axes are neighbours.
struct SoftmaxParams {
  int64_t outer, length, inner;
  bool log;
};

struct LrnParams {
  DataType dtype;
  int64_t batch, channels, plane;
  int64_t before, after;  // neighbours that count
  float bias, alpha, beta;
};

struct BatchNormParams {
  DataType dtype;
  int64_t batch, channels, plane;
  float epsilon;
  int block;     // 1 for the plain layout
  int64_t rows;  // blocks of channels, or channels
};

extern const KernelImpl kSoftmaxRef;
extern const KernelImpl kLogSoftmaxRef;
extern const KernelImpl kLrnRef;
extern const KernelImpl kBatchNormRef;

extern const KernelImpl kLrnPlanes;

// Softmax and batch normalisation, best first.
std::span<const KernelImpl* const> norm_vector_kernels();

void softmax_run_generic(const KernelArgs& args);
POACL_X86 void softmax_run_avx2(const KernelArgs& args);
POACL_X86 void softmax_run_avx512(const KernelArgs& args);
void batch_norm_run_generic(const KernelArgs& args);
POACL_X86 void batch_norm_run_avx2(const KernelArgs& args);
POACL_X86 void batch_norm_run_avx512(const KernelArgs& args);

Status read_lrn(const OpInstance& op, LrnParams* params);
Status read_batch_norm(const OpInstance& op, BatchNormParams* params);

}  // namespace poacl
