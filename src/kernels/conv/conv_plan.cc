#include "kernels/conv/conv_plan.h"

#include <cstring>
namespace poacl {

Status require_constant_weights(const OpInstance& op, const ConvGeometry& g) {
  const auto constant = [&](size_t i) {
    return i < op.constants.size() && op.constants[i] != nullptr;
  };
  if (!constant(1)) return declined("the filter is not a constant");
  if (g.has_bias && !constant(2)) return declined("the bias is not a constant");
  return {};
}

void set_blocked_plan(const OpInstance& op, const ConvGeometry& g, Layout x, Layout y,
                      int64_t filter_floats, int64_t bias_floats, KernelPlan* plan) {
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = x;
  if (g.has_residual) plan->input_layouts[3] = y;
  plan->output_layouts = {y};
  plan->packed.push_back({1, static_cast<size_t>(filter_floats) * sizeof(float)});
  if (g.has_bias) plan->packed.push_back({2, static_cast<size_t>(bias_floats) * sizeof(float)});
}

void pack_bias(const OpInstance& op, void* dst) {
  const Tensor& bias = *op.constants[2];
  std::memcpy(dst, bias.buffer.data(), static_cast<size_t>(bias.count()) * sizeof(float));
}

}  // namespace poacl
