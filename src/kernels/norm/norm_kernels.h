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
  int64_t batch, channels, plane;
  int64_t radius;
  float bias, alpha, beta;
};

struct BatchNormParams {
  int64_t batch, channels, plane;
  float epsilon;
  int block;         // 1 for the plain layout
  int64_t rows;      // blocks of channels, or channels
};

extern const KernelImpl kSoftmaxRef;
extern const KernelImpl kLogSoftmaxRef;
extern const KernelImpl kLrnRef;
extern const KernelImpl kBatchNormRef;

std::span<const KernelImpl* const> norm_kernels_generic();
std::span<const KernelImpl* const> norm_kernels_avx2();
std::span<const KernelImpl* const> norm_kernels_avx512();

Status plan_softmax_vector(const OpInstance& op, const PlanContext& context, KernelPlan* plan);
Status plan_lrn_vector(const OpInstance& op, const PlanContext& context, KernelPlan* plan);
Status plan_batch_norm_vector(const OpInstance& op, const PlanContext& context, KernelPlan* plan);
void pack_batch_norm_vector(const OpInstance& op, const KernelPlan& plan, int input, void* dst);

Status read_lrn(const OpInstance& op, LrnParams* params);
Status read_batch_norm(const OpInstance& op, BatchNormParams* params);

}  // namespace poacl
