// IsNan and IsInf: a real number in, a bool out.
#include <algorithm>
#include <cmath>
#include <type_traits>

#include "kernels/eltwise/eltwise_kernels.h"
#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 16384;

struct Params {
  DataType dtype;
  int64_t count;
  bool nan;                 // IsNan, else IsInf
  bool negative, positive;  // the infinities that count
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  p.dtype = op.inputs[0].dtype;
  p.count = element_count(op.outputs[0].dims);
  p.nan = op.type == "IsNan";
  p.negative = op.attrs->get_bool("detect_negative", true);
  p.positive = op.attrs->get_bool("detect_positive", true);
  if (!is_arithmetic_type(p.dtype)) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) {
    using T = decltype(zero);
    const T* x = static_cast<const T*>(args.inputs[0]);
    uint8_t* y = static_cast<uint8_t*>(args.outputs[0]);
    const auto test = [&](T v) {
      if constexpr (std::is_floating_point_v<T>) {
        if (p.nan) return std::isnan(v);
        return std::isinf(v) && (v < 0 ? p.negative : p.positive);
      } else {
        return v != v;
      }
    };
    (*args.parallel)((p.count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
      const int64_t end = std::min(p.count, (chunk + 1) * kChunk);
      for (int64_t i = chunk * kChunk; i < end; ++i) y[i] = test(x[i]);
    });
  });
}

}  // namespace

const KernelImpl kIsNanRef = {"IsNan", "is_nan.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kIsInfRef = {"IsInf", "is_inf.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
