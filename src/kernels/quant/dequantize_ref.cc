// Reference of DequantizeLinear: y = (x - zero point) * scale.
#include "kernels/eltwise/type_dispatch.h"
#include "kernels/quant/quant_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  QuantParams p{};
  POACL_RETURN_IF_ERROR(read_quant(op, &p));
  if (p.output != DataType::kFloat) {
    return declined("result type " + std::string(data_type_name(p.output)));
  }
  if (quant_range(p.input).high == 0 && p.input != DataType::kInt32) {
    return declined("type " + std::string(data_type_name(p.input)));
  }
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<QuantParams>();
  dispatch_arithmetic(p.input, [&](auto kind) {
    using T = decltype(kind);
    const QuantGeometry& g = p.geometry;
    const T* x = static_cast<const T*>(args.inputs[0]);
    const float* scale = static_cast<const float*>(args.inputs[1]);
    const T* zero = p.has_zero_point ? static_cast<const T*>(args.inputs[2]) : nullptr;
    float* y = static_cast<float*>(args.outputs[0]);
    (*args.parallel)(g.outer, [&](int64_t o, int) {
      for (int64_t l = 0; l < g.length; ++l) {
        for (int64_t i = 0; i < g.inner; ++i) {
          const int64_t at = (o * g.length + l) * g.inner + i;
          const int64_t s = g.scale_of(o, l, i);
          const int64_t shifted =
              static_cast<int64_t>(x[at]) - (zero ? static_cast<int64_t>(zero[s]) : 0);
          y[at] = static_cast<float>(shifted) * scale[s];
        }
      }
    });
  });
}

}  // namespace

const KernelImpl kDequantizeRef = {
    "DequantizeLinear", "dequantize.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
