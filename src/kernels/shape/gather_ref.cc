// GatherV2: rows picked by index. An index that is out of range at run time is clamped to the
// nearest valid one, since a run cannot fail (constant ones were checked by shape inference).
#include <algorithm>

#include "kernels/shape/shape_kernels.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

struct Params {
  int64_t outer, extent, row_bytes;
  int64_t picks;
  bool wide;  // int64 indices, else int32
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const size_t size = data_type_size(op.inputs[0].dtype);
  if (size == 0) return declined("elements without a size");
  std::vector<int64_t> axis_values;
  POACL_RETURN_IF_ERROR(read_ints(op, 2, &axis_values));
  const Dims& dims = op.inputs[0].dims;
  int64_t axis = axis_values.empty() ? 0 : axis_values[0];
  if (axis < 0) axis += static_cast<int64_t>(dims.size());
  if (axis < 0 || axis >= static_cast<int64_t>(dims.size())) return declined("axis out of range");
  p.wide = op.inputs[1].dtype == DataType::kInt64;
  if (!p.wide && op.inputs[1].dtype != DataType::kInt32) {
    return declined("indices that are neither int32 nor int64");
  }
  const std::span<const int64_t> all(dims);
  p.outer = element_count(all.first(static_cast<size_t>(axis)));
  p.extent = dims[static_cast<size_t>(axis)];
  p.row_bytes =
      element_count(all.subspan(static_cast<size_t>(axis) + 1)) * static_cast<int64_t>(size);
  p.picks = element_count(op.inputs[1].dims);
  if (p.extent == 0 && p.picks != 0) return declined("nothing to pick from");
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  if (p.row_bytes == 0) return;
  for (int64_t o = 0; o < p.outer; ++o) {
    for (int64_t i = 0; i < p.picks; ++i) {
      int64_t index = p.wide ? static_cast<const int64_t*>(args.inputs[1])[i]
                             : static_cast<const int32_t*>(args.inputs[1])[i];
      if (index < 0) index += p.extent;
      index = std::clamp<int64_t>(index, 0, p.extent - 1);
      std::memcpy(out + (o * p.picks + i) * p.row_bytes, in + (o * p.extent + index) * p.row_bytes,
                  static_cast<size_t>(p.row_bytes));
    }
  }
}

}  // namespace

const KernelImpl kGatherRef = {"GatherV2", "gather.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
