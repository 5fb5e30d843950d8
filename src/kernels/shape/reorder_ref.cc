// References of TransposeD, StridedSliceV2, Tile and Expand: every output element comes from one
// input element whose coordinates follow from its own.
#include <algorithm>

#include "kernels/shape/shape_kernels.h"
#include "kernels/shape/shape_util.h"
#include "kernels/shape/slice_range.h"

namespace poacl {
namespace {

// Output coordinate d goes to input dimension source[d], at begin[d] + step[d] * coordinate,
// modulo that dimension where `wrap` is set.
struct Params {
  size_t size;
  FixedDims in, out;
  int source[kMaxShapeRank];
  int64_t begin[kMaxShapeRank];
  int64_t step[kMaxShapeRank];
  bool wrap;
};

Status start(const OpInstance& op, Params* p) {
  p->size = data_type_size(op.inputs[0].dtype);
  if (p->size == 0) return declined("elements without a size");
  if (!fix_dims(op.inputs[0].dims, &p->in) || !fix_dims(op.outputs[0].dims, &p->out)) {
    return declined("too many dimensions");
  }
  for (int d = 0; d < kMaxShapeRank; ++d) {
    p->source[d] = d;
    p->step[d] = 1;
  }
  return {};
}

Status plan_transpose(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(start(op, &p));
  const auto perm = op.attrs->get_ints("perm");
  if (perm.size() != static_cast<size_t>(p.in.rank)) return declined("perm does not fit x");
  for (size_t d = 0; d < perm.size(); ++d) p.source[d] = static_cast<int>(perm[d]);
  plan->set_params(p);
  return {};
}

Status plan_slice(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(start(op, &p));
  std::vector<int64_t> begin, end, axes, strides;
  POACL_RETURN_IF_ERROR(read_ints(op, 1, &begin));
  POACL_RETURN_IF_ERROR(read_ints(op, 2, &end));
  POACL_RETURN_IF_ERROR(read_ints(op, 3, &axes));
  POACL_RETURN_IF_ERROR(read_ints(op, 4, &strides));
  for (size_t i = 0; i < begin.size(); ++i) {
    int64_t axis = axes.empty() ? static_cast<int64_t>(i) : axes[i];
    if (axis < 0) axis += p.in.rank;
    const SliceRange range =
        slice_range(begin[i], end[i], strides.empty() ? 1 : strides[i], p.in.dims[axis]);
    p.begin[axis] = range.begin;
    p.step[axis] = range.step;
  }
  plan->set_params(p);
  return {};
}

Status plan_tile(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(start(op, &p));
  p.wrap = true;
  plan->set_params(p);
  return {};
}

Status plan_expand(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(start(op, &p));
  const int skip = p.out.rank - p.in.rank;
  if (skip < 0) return declined("the output has fewer dimensions than x");
  for (int d = 0; d < p.out.rank; ++d) {
    p.source[d] = d - skip;
    if (d < skip) {
      p.source[d] = -1;
    } else if (p.in.dims[d - skip] == 1) {
      p.step[d] = 0;
    }
  }
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  const int64_t count = p.out.count();
  for (int64_t i = 0; i < count; ++i) {
    int64_t at[kMaxShapeRank];
    unravel(p.out, i, at);
    int64_t from = 0;
    for (int d = 0; d < p.out.rank; ++d) {
      const int s = p.source[d];
      if (s < 0) continue;
      int64_t coordinate = p.begin[d] + p.step[d] * at[d];
      if (p.wrap) coordinate %= p.in.dims[s];
      from += coordinate * p.in.stride[s];
    }
    std::memcpy(out + static_cast<size_t>(i) * p.size, in + static_cast<size_t>(from) * p.size,
                p.size);
  }
}

}  // namespace

const KernelImpl kTransposeRef = {"TransposeD",   "transpose.ref", Isa::kGeneric,
                                  plan_transpose, nullptr,         run};
const KernelImpl kSliceRef = {"StridedSliceV2", "slice.ref", Isa::kGeneric,
                              plan_slice,       nullptr,     run};
const KernelImpl kTileRef = {"Tile", "tile.ref", Isa::kGeneric, plan_tile, nullptr, run};
const KernelImpl kExpandRef = {"Expand", "expand.ref", Isa::kGeneric, plan_expand, nullptr, run};

}  // namespace poacl
