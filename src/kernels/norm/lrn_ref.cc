// Reference of LRN: each element divided by a power of the squares of its neighbour channels.
#include <algorithm>
#include <cmath>

#include "kernels/norm/norm_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  LrnParams params{};
  POACL_RETURN_IF_ERROR(read_lrn(op, &params));
  plan->set_params(params);
  return {};
}

template <typename T>
void respond(const LrnParams& p, const KernelArgs& args) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  T* y = static_cast<T*>(args.outputs[0]);
  for (int64_t n = 0; n < p.batch; ++n) {
    for (int64_t c = 0; c < p.channels; ++c) {
      const int64_t first = std::max<int64_t>(0, c - p.before);
      const int64_t last = std::min(p.channels - 1, c + p.after);
      for (int64_t i = 0; i < p.plane; ++i) {
        double sum = 0;
        for (int64_t k = first; k <= last; ++k) {
          const double v = static_cast<double>(x[(n * p.channels + k) * p.plane + i]);
          sum += v * v;
        }
        const int64_t at = (n * p.channels + c) * p.plane + i;
        const double base = static_cast<double>(p.bias) + static_cast<double>(p.alpha) * sum;
        y[at] = static_cast<T>(static_cast<double>(x[at]) /
                               std::pow(base, static_cast<double>(p.beta)));
      }
    }
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<LrnParams>();
  if (p.dtype == DataType::kDouble) return respond<double>(p, args);
  respond<float>(p, args);
}

}  // namespace

const KernelImpl kLrnRef = {"LRN", "lrn.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
