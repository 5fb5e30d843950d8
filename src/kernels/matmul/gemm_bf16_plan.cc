// Products of float tensors that may multiply in bfloat16: x1 and a variable x2 are rounded while
// they are packed, sums, bias, residual and result are floats.
#include "kernels/bf16/bf16_plan.h"
#include "kernels/matmul/gemm.h"
#include "kernels/matmul/matmul_kernels.h"

namespace poacl {
namespace {

constexpr GemmForm kForm = {16, 14, true};

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(plan_gemm(op, context, kForm, plan));
  return require_bf16_products(op);
}

void pack(const OpInstance& op, const KernelPlan& plan, int input, void* dst) {
  pack_gemm(op, plan, kForm, input, dst);
}

}  // namespace

const KernelImpl kMatMulGemmBf16 = {"MatMulV2", "matmul.gemm.bf16", Isa::kAvx512, plan,
                                    pack,       gemm_run_bf16};
const KernelImpl kBatchMatMulGemmBf16 = {
    "BatchMatMulV2", "batch_matmul.gemm.bf16", Isa::kAvx512, plan, pack, gemm_run_bf16};

}  // namespace poacl
