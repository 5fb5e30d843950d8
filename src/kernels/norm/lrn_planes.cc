// LRN in single precision, plane by plane in parallel; exponents of 1, 0.5 and 0.75 by roots.
#include <algorithm>
#include <cmath>

#include "kernels/norm/norm_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kStrip = 256;  // pixels at a time: the sums stay in the first-level cache

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  LrnParams params{};
  POACL_RETURN_IF_ERROR(read_lrn(op, &params));
  if (params.dtype != DataType::kFloat) return declined("type double");
  plan->set_params(params);
  return {};
}

float power(float base, float exponent) {
  if (exponent == 0.75f) {
    const float root = std::sqrt(base);
    return root * std::sqrt(root);
  }
  if (exponent == 0.5f) return std::sqrt(base);
  if (exponent == 1.0f) return base;
  return std::pow(base, exponent);
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<LrnParams>();
  const float* x = static_cast<const float*>(args.inputs[0]);
  float* y = static_cast<float*>(args.outputs[0]);
  const int64_t strips = (p.plane + kStrip - 1) / kStrip;
  (*args.parallel)(p.batch * p.channels * strips, [&](int64_t chunk, int) {
    const int64_t first = chunk % strips * kStrip;
    const int64_t width = std::min(kStrip, p.plane - first);
    const int64_t c = chunk / strips % p.channels;
    const int64_t image = chunk / strips / p.channels * p.channels * p.plane;
    float sums[kStrip] = {};
    for (int64_t k = std::max<int64_t>(0, c - p.before); k <= std::min(p.channels - 1, c + p.after);
         ++k) {
      const float* row = x + image + k * p.plane + first;
      for (int64_t i = 0; i < width; ++i) sums[i] += row[i] * row[i];
    }
    const int64_t at = image + c * p.plane + first;
    for (int64_t i = 0; i < width; ++i) {
      y[at + i] = x[at + i] / power(p.bias + p.alpha * sums[i], p.beta);
    }
  });
}

}  // namespace

const KernelImpl kLrnPlanes = {"LRN", "lrn.planes", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
