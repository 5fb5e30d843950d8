#include "kernels/bf16/bf16_plan.h"

namespace poacl {

Status require_bf16_machine() {
  if (!cpu_has_avx512_bf16()) return declined("the processor has no products of bfloat16");
  return {};
}

Status require_bf16_products(const OpInstance& op) {
  if (!may_compute_in_bf16(op)) return declined("the operator computes in float");
  return require_bf16_machine();
}

void set_bf16_conv_plan(const OpInstance& op, const ConvGeometry& g, Layout x, int64_t filter_bytes,
                        int64_t bias_floats, KernelPlan* plan) {
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = x;
  if (g.has_residual) plan->input_layouts[3] = Layout::kBlocked16Bf16;
  plan->output_layouts = {Layout::kBlocked16Bf16};
  plan->packed.push_back({1, static_cast<size_t>(filter_bytes)});
  if (g.has_bias) plan->packed.push_back({2, static_cast<size_t>(bias_floats) * sizeof(float)});
}

}  // namespace poacl
