// Reference of LayerNormV3, RmsNorm, GroupNorm and InstanceNorm.
#include <cmath>

#include "kernels/norm/row_norm.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  RowNormParams params{};
  POACL_RETURN_IF_ERROR(read_row_norm(op, &params));
  plan->set_params(params);
  return {};
}

template <typename T>
void normalise(const RowNormParams& p, const KernelArgs& args) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  const T* gamma = p.has_gamma ? static_cast<const T*>(args.inputs[1]) : nullptr;
  const T* beta = p.has_beta ? static_cast<const T*>(args.inputs[2]) : nullptr;
  T* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(p.rows, [&](int64_t row, int) {
    const T* from = x + row * p.length;
    double mean = 0;
    if (p.centred) {
      for (int64_t i = 0; i < p.length; ++i) mean += static_cast<double>(from[i]);
      mean /= static_cast<double>(p.length);
    }
    double variance = 0;
    for (int64_t i = 0; i < p.length; ++i) {
      const double d = static_cast<double>(from[i]) - mean;
      variance += d * d;
    }
    variance /= static_cast<double>(p.length);
    const double scale = 1.0 / std::sqrt(variance + static_cast<double>(p.epsilon));
    for (int64_t i = 0; i < p.length; ++i) {
      const int64_t at = row * p.length + i;
      const int64_t parameter = at / p.inner % p.parameters;
      double value = (static_cast<double>(from[i]) - mean) * scale;
      if (gamma != nullptr) value *= static_cast<double>(gamma[parameter]);
      if (beta != nullptr) value += static_cast<double>(beta[parameter]);
      y[at] = static_cast<T>(value);
    }
    if (p.has_mean) static_cast<T*>(args.outputs[1])[row] = static_cast<T>(mean);
    if (p.spread_output != 0) {
      static_cast<T*>(args.outputs[p.spread_output])[row] =
          static_cast<T>(p.spread_is_variance ? variance : scale);
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<RowNormParams>();
  if (p.dtype == DataType::kDouble) return normalise<double>(p, args);
  normalise<float>(p, args);
}

}  // namespace

const KernelImpl kLayerNormRef = {"LayerNormV3", "layer_norm.ref", Isa::kGeneric,
                                  plan,          nullptr,          run};
const KernelImpl kRmsNormRef = {"RmsNorm", "rms_norm.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kGroupNormRef = {"GroupNorm", "group_norm.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kInstanceNormRef = {
    "InstanceNorm", "instance_norm.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
