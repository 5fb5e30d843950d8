// Reference of BatchNorm with given statistics.
#include <cmath>

#include "kernels/norm/norm_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  BatchNormParams params{};
  POACL_RETURN_IF_ERROR(read_batch_norm(op, &params));
  plan->set_params(params);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<BatchNormParams>();
  const auto input = [&](int i) { return static_cast<const float*>(args.inputs[i]); };
  float* y = static_cast<float*>(args.outputs[0]);
  for (int64_t n = 0; n < p.batch; ++n) {
    for (int64_t c = 0; c < p.channels; ++c) {
      const double scale = input(1)[c] / std::sqrt(static_cast<double>(input(4)[c]) + p.epsilon);
      for (int64_t i = 0; i < p.plane; ++i) {
        const int64_t at = (n * p.channels + c) * p.plane + i;
        y[at] = static_cast<float>((input(0)[at] - input(3)[c]) * scale + input(2)[c]);
      }
    }
  }
}

}  // namespace

const KernelImpl kBatchNormRef = {"BatchNorm", "batch_norm.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
