#include "kernels/bf16/bf16_plan.h"
#include "kernels/bf16/bf16_pool.h"
#include "kernels/pool/pool_blocked.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  if (!offered_bf16_blocks(op)) return declined("x does not come in blocks of bfloat16");
  POACL_RETURN_IF_ERROR(require_bf16_machine());
  POACL_RETURN_IF_ERROR(plan_pool_blocked(op, context, 16, plan));
  plan->input_layouts = {Layout::kBlocked16Bf16};
  if (!plan->get_params<PoolBlockedParams>().global) {
    plan->output_layouts = {Layout::kBlocked16Bf16};
  }
  return {};
}

}  // namespace

const KernelImpl kMaxPoolBf16 = {"MaxPoolV3", "max_pool.bf16", Isa::kAvx512, plan,
                                 nullptr,     bf16_pool_run,   true};
const KernelImpl kAvgPoolBf16 = {"AvgPoolV2", "avg_pool.bf16", Isa::kAvx512, plan,
                                 nullptr,     bf16_pool_run,   true};
const KernelImpl kGlobalAvgPoolBf16 = {
    "GlobalAveragePool", "global_avg_pool.bf16", Isa::kAvx512, plan, nullptr, bf16_pool_run, true};

}  // namespace poacl
