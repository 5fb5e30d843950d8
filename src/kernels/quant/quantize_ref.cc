// Reference of Quantize: y = saturate(round(x / scale) + zero point), halves to even.
#include <cmath>

#include "base/half.h"
#include "kernels/eltwise/type_dispatch.h"
#include "kernels/quant/quant_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  QuantParams p{};
  POACL_RETURN_IF_ERROR(read_quant(op, &p));
  if (quant_range(p.output).high == 0) {
    return declined("result type " + std::string(data_type_name(p.output)));
  }
  if (p.input != DataType::kFloat && p.input != DataType::kDouble && p.input != DataType::kInt32) {
    return declined("type " + std::string(data_type_name(p.input)));
  }
  plan->set_params(p);
  return {};
}

float rounded_to(DataType precision, float quotient) {
  if (precision == DataType::kFloat16) return half_to_float(float_to_half(quotient));
  if (precision == DataType::kBfloat16) return bfloat16_to_float(float_to_bfloat16(quotient));
  return quotient;
}

template <typename In, typename Out>
void run_typed(const KernelArgs& args, const QuantParams& p) {
  const QuantGeometry& g = p.geometry;
  const In* x = static_cast<const In*>(args.inputs[0]);
  const float* scale = static_cast<const float*>(args.inputs[1]);
  const Out* zero = p.has_zero_point ? static_cast<const Out*>(args.inputs[2]) : nullptr;
  Out* y = static_cast<Out*>(args.outputs[0]);
  const QuantRange range = quant_range(p.output);
  (*args.parallel)(g.outer, [&](int64_t o, int) {
    for (int64_t l = 0; l < g.length; ++l) {
      for (int64_t i = 0; i < g.inner; ++i) {
        const int64_t at = (o * g.length + l) * g.inner + i;
        const int64_t s = g.scale_of(o, l, i);
        const float quotient = rounded_to(p.precision, static_cast<float>(x[at]) / scale[s]);
        const double value = std::nearbyint(static_cast<double>(quotient)) +
                             (zero ? static_cast<double>(zero[s]) : 0.0);
        // The first comparison takes what is not a number, too.
        y[at] = !(value > range.low)  ? static_cast<Out>(range.low)
                : value >= range.high ? static_cast<Out>(range.high)
                                      : static_cast<Out>(value);
      }
    }
  });
}

template <typename In>
void run_from(const KernelArgs& args, const QuantParams& p) {
  switch (p.output) {
    case DataType::kInt8:
      return run_typed<In, int8_t>(args, p);
    case DataType::kUint8:
      return run_typed<In, uint8_t>(args, p);
    case DataType::kInt16:
      return run_typed<In, int16_t>(args, p);
    default:
      return run_typed<In, uint16_t>(args, p);
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<QuantParams>();
  if (p.input == DataType::kFloat) return run_from<float>(args, p);
  if (p.input == DataType::kDouble) return run_from<double>(args, p);
  run_from<int32_t>(args, p);
}

}  // namespace

const KernelImpl kQuantizeRef = {"Quantize", "quantize.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
