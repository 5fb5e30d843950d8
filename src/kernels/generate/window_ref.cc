// HannWindow, HammingWindow, BlackmanWindow: sums of cosines over the window's length.
#include <cmath>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/generate/generate_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType dtype;
  int64_t count;
  double period;
  double coefficient[3];  // of cos(0), -cos(t), cos(2 t)
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{op.outputs[0].dtype, op.outputs[0].dims[0], 0, {0.5, 0.5, 0.0}};
  if (op.type == "HammingWindow") {
    p.coefficient[0] = 25.0 / 46.0;
    p.coefficient[1] = 21.0 / 46.0;
  } else if (op.type == "BlackmanWindow") {
    p.coefficient[0] = 0.42;
    p.coefficient[2] = 0.08;
  }
  p.period = static_cast<double>(op.attrs->get_bool("periodic", true) ? p.count : p.count - 1);
  if (!is_arithmetic_type(p.dtype)) {
    return declined("result type " + std::string(data_type_name(p.dtype)));
  }
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) {
    using T = decltype(zero);
    T* y = static_cast<T*>(args.outputs[0]);
    for (int64_t i = 0; i < p.count; ++i) {
      // A symmetric window of one element is that element's peak.
      const double part = p.period > 0 ? static_cast<double>(i) / p.period : 0.5;
      const double angle = 6.283185307179586 * part;
      y[i] = static_cast<T>(p.coefficient[0] - p.coefficient[1] * std::cos(angle) +
                            p.coefficient[2] * std::cos(2 * angle));
    }
  });
}

}  // namespace

const KernelImpl kHannWindowRef = {"HannWindow", "hann_window.ref", Isa::kGeneric,
                                   plan,         nullptr,           run};
const KernelImpl kHammingWindowRef = {
    "HammingWindow", "hamming_window.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kBlackmanWindowRef = {
    "BlackmanWindow", "blackman_window.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
