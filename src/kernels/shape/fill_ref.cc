// Fill and Range: tensors made from scalars.
#include <type_traits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/shape/shape_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType dtype;
  int64_t count;
};

Status plan_fill(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  if (data_type_size(op.outputs[0].dtype) == 0) return declined("elements without a size");
  plan->set_params(Params{op.outputs[0].dtype, element_count(op.outputs[0].dims)});
  return {};
}

void run_fill(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_size(data_type_size(p.dtype), [&](auto zero) {
    using T = decltype(zero);
    const T value = *static_cast<const T*>(args.inputs[1]);
    T* out = static_cast<T*>(args.outputs[0]);
    for (int64_t i = 0; i < p.count; ++i) out[i] = value;
  });
}

Status plan_range(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  if (!is_arithmetic_type(op.outputs[0].dtype)) {
    return declined("type " + std::string(data_type_name(op.outputs[0].dtype)));
  }
  plan->set_params(Params{op.outputs[0].dtype, element_count(op.outputs[0].dims)});
  return {};
}

void run_range(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) {
    using T = decltype(zero);
    const T first = *static_cast<const T*>(args.inputs[0]);
    const T delta = *static_cast<const T*>(args.inputs[2]);
    T* out = static_cast<T*>(args.outputs[0]);
    for (int64_t i = 0; i < p.count; ++i) {
      if constexpr (std::is_floating_point_v<T>) {
        out[i] = first + static_cast<T>(i) * delta;
      } else {  // unsigned: i * delta alone may overflow though the sum does not
        out[i] = static_cast<T>(static_cast<uint64_t>(first) +
                                static_cast<uint64_t>(i) * static_cast<uint64_t>(delta));
      }
    }
  });
}

}  // namespace

const KernelImpl kFillRef = {"Fill", "fill.ref", Isa::kGeneric, plan_fill, nullptr, run_fill};
const KernelImpl kRangeRef = {"Range", "range.ref", Isa::kGeneric, plan_range, nullptr, run_range};

}  // namespace poacl
