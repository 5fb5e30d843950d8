// GatherV2: rows picked by index. An index that is out of range at run time is clamped to the
// nearest valid one, since a run cannot fail (constant ones were checked by shape inference).
#include "kernels/shape/gather_sizes.h"
#include "kernels/shape/shape_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  GatherSizes p{};
  POACL_RETURN_IF_ERROR(read_gather(op, &p));
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<GatherSizes>();
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  if (p.row_bytes == 0) return;
  for (int64_t o = 0; o < p.outer; ++o) {
    for (int64_t i = 0; i < p.picks; ++i) {
      const int64_t index = clamped_index(args.inputs[1], p.wide, i, p.extent);
      std::memcpy(out + (o * p.picks + i) * p.row_bytes, in + (o * p.extent + index) * p.row_bytes,
                  static_cast<size_t>(p.row_bytes));
    }
  }
}

}  // namespace

const KernelImpl kGatherRef = {"GatherV2", "gather.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
