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

template <typename T>
void normalise(const BatchNormParams& p, const KernelArgs& args) {
  const auto input = [&](int i, int64_t at) {
    return static_cast<double>(static_cast<const T*>(args.inputs[i])[at]);
  };
  T* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(p.batch * p.channels, [&](int64_t row, int) {
    const int64_t c = row % p.channels;
    const double scale = input(1, c) / std::sqrt(input(4, c) + static_cast<double>(p.epsilon));
    for (int64_t at = row * p.plane; at < (row + 1) * p.plane; ++at) {
      y[at] = static_cast<T>((input(0, at) - input(3, c)) * scale + input(2, c));
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<BatchNormParams>();
  if (p.dtype == DataType::kDouble) return normalise<double>(p, args);
  normalise<float>(p, args);
}

}  // namespace

const KernelImpl kBatchNormRef = {"BatchNorm", "batch_norm.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
