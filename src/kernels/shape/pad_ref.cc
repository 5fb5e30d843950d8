// Reference of PadV3.
#include "kernels/shape/pad_sizes.h"
#include "kernels/shape/shape_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  PadSizes p{};
  POACL_RETURN_IF_ERROR(read_pad_sizes(op, &p));
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<PadSizes>();
  constexpr std::byte kZero[16] = {};
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  const auto* value = p.has_value ? static_cast<const std::byte*>(args.inputs[2]) : kZero;
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  const int64_t count = p.out.count();
  for (int64_t i = 0; i < count; ++i) {
    int64_t at[kMaxShapeRank];
    unravel(p.out, i, at);
    int64_t from = 0;
    bool inside = true;
    for (int d = 0; d < p.in.rank; ++d) {
      const int64_t c = pad_source(p.mode, at[d], p.before[d], p.after[d], p.in.dims[d]);
      inside = inside && c != kPadValue;
      from += c * p.in.stride[d];
    }
    std::memcpy(out + static_cast<size_t>(i) * p.size,
                inside ? in + static_cast<size_t>(from) * p.size : value, p.size);
  }
}

}  // namespace

const KernelImpl kPadRef = {"PadV3", "pad.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
