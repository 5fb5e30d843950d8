// GatherElements: y[i, j, k] = x[index[i, j, k], j, k] for dim 0. An index that is out of range at
// run time means the nearest valid one (constant ones were checked by shape inference).
#include "kernels/eltwise/type_dispatch.h"
#include "kernels/scatter/scatter_kernels.h"
#include "kernels/shape/index_value.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 16384;  // elements

struct Params {
  size_t size;
  int axis;
  bool wide;
  FixedDims x, index;
};

// Without dimensions in which the index is smaller than x.
struct LineParams {
  size_t size;
  bool wide;
  int64_t outer, x_extent, extent, inner;
};

Status plan_ref(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  p.size = data_type_size(op.inputs[0].dtype);
  if (p.size == 0) return declined("elements without a size");
  if (!is_index_type(op.inputs[1].dtype)) return declined("indices are not int32 or int64");
  p.wide = op.inputs[1].dtype == DataType::kInt64;
  if (!fix_dims(op.inputs[0].dims, &p.x) || !fix_dims(op.inputs[1].dims, &p.index)) {
    return declined("too many dimensions");
  }
  int64_t axis = op.attrs->get_int("dim");
  if (axis < 0) axis += p.x.rank;
  if (p.x.rank != p.index.rank || axis < 0 || axis >= p.x.rank) return declined("dim");
  p.axis = static_cast<int>(axis);
  plan->set_params(p);
  return {};
}

void run_ref(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* x = static_cast<const std::byte*>(args.inputs[0]);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  const int64_t count = p.index.count();
  for (int64_t i = 0; i < count; ++i) {
    int64_t at[kMaxShapeRank];
    unravel(p.index, i, at);
    at[p.axis] = clamped_index(args.inputs[1], p.wide, i, p.x.dims[p.axis]);
    int64_t from = 0;
    for (int d = 0; d < p.x.rank; ++d) from += at[d] * p.x.stride[d];
    std::memcpy(out + static_cast<size_t>(i) * p.size, x + static_cast<size_t>(from) * p.size,
                p.size);
  }
}

Status plan_lines(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(plan_ref(op, context, plan));
  const Params& full = plan->get_params<Params>();
  LineParams p{full.size, full.wide, 1, full.x.dims[full.axis], full.index.dims[full.axis], 1};
  for (int d = 0; d < full.x.rank; ++d) {
    if (d == full.axis) continue;
    if (full.x.dims[d] != full.index.dims[d]) return declined("the index covers a part of x");
    (d < full.axis ? p.outer : p.inner) *= full.x.dims[d];
  }
  plan->set_params(p);
  return {};
}

void run_lines(const KernelArgs& args) {
  const LineParams p = args.get_params<LineParams>();
  dispatch_size(p.size, [&](auto zero) {
    using T = decltype(zero);
    const T* x = static_cast<const T*>(args.inputs[0]);
    T* out = static_cast<T*>(args.outputs[0]);
    const int64_t slab = p.extent * p.inner;
    const int64_t count = p.outer * slab;
    (*args.parallel)((count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
      const int64_t end = std::min(count, (chunk + 1) * kChunk);
      for (int64_t at = chunk * kChunk; at < end; ++at) {
        const int64_t index = clamped_index(args.inputs[1], p.wide, at, p.x_extent);
        out[at] = x[(at / slab * p.x_extent + index) * p.inner + at % p.inner];
      }
    });
  });
}

}  // namespace

const KernelImpl kGatherElementsLines = {
    "GatherElements", "gather_elements.lines", Isa::kGeneric, plan_lines, nullptr, run_lines};
const KernelImpl kGatherElementsRef = {
    "GatherElements", "gather_elements.ref", Isa::kGeneric, plan_ref, nullptr, run_ref};

}  // namespace poacl
