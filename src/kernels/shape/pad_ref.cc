// Reference of PadV3.
#include "kernels/shape/pad_source.h"
#include "kernels/shape/shape_kernels.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

struct Params {
  size_t size;
  PadMode mode;
  bool has_value;
  FixedDims in, out;
  int64_t before[kMaxShapeRank];
  int64_t after[kMaxShapeRank];
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  p.size = data_type_size(op.inputs[0].dtype);
  if (p.size == 0) return declined("elements without a size");
  if (!fix_dims(op.inputs[0].dims, &p.in) || !fix_dims(op.outputs[0].dims, &p.out)) {
    return declined("too many dimensions");
  }
  p.mode = pad_mode_named(op.attrs->get_string("mode", "constant"));
  std::vector<int64_t> pads;
  POACL_RETURN_IF_ERROR(read_pads(op, op.inputs[0].dims.size(), &pads));
  for (int d = 0; d < p.in.rank; ++d) {
    p.before[d] = pads[2 * static_cast<size_t>(d)];
    p.after[d] = pads[2 * static_cast<size_t>(d) + 1];
  }
  p.has_value =
      op.inputs.size() > 2 && !op.inputs[2].absent() && element_count(op.inputs[2].dims) == 1;
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
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
