// Plans of the vector reductions.
#include "kernels/kernel_list.h"
#include "kernels/reduce/reduce_kernels.h"

namespace poacl {
namespace {

// Blocked [N,C,H,W...] reduced over everything past the channels; the result is plain.
bool plan_blocked(const OpInstance& op, const ReduceParams& r, ReduceVectorParams* p,
                  KernelPlan* plan) {
  const Layout layout = op.inputs[0].layout;
  if (layout == Layout::kPlain || r.rank < 3 || r.reduced[0] || r.reduced[1]) return false;
  for (int d = 2; d < r.rank; ++d) {
    if (!r.reduced[d]) return false;
  }
  const int64_t block = block_of(layout);
  p->channels = r.dims[1];
  p->outer = r.dims[0] * ((r.dims[1] + block - 1) / block);
  p->length = r.length;
  p->inner = block;
  plan->input_layouts[0] = layout;
  return true;
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  ReduceParams r{};
  POACL_RETURN_IF_ERROR(read_reduce(op, &r));
  if (r.dtype != DataType::kFloat) return declined("type " + std::string(data_type_name(r.dtype)));
  if (r.length == 0 || r.outputs == 0) return declined("nothing to reduce");
  ReduceVectorParams p{r.kind, 1, 1, 1, 0};
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->output_layouts = {Layout::kPlain};
  if (!plan_blocked(op, r, &p, plan)) {
    int stage = 0;  // before, within, after the axes; dimensions of 1 belong anywhere
    for (int d = 0; d < r.rank; ++d) {
      if (r.dims[d] == 1) continue;
      if (r.reduced[d]) {
        if (stage == 2) return declined("axes that are not neighbours");
        stage = 1;
        p.length *= r.dims[d];
      } else {
        if (stage == 1) stage = 2;
        (stage == 0 ? p.outer : p.inner) *= r.dims[d];
      }
    }
  }
  plan->set_params(p);
  return {};
}

#define POACL_REDUCE(op, stem)                                            \
  {op, stem ".avx512", Isa::kAvx512, plan, nullptr, reduce_run_avx512},   \
      {op, stem ".avx2", Isa::kAvx2, plan, nullptr, reduce_run_avx2}, {   \
    op, stem ".generic", Isa::kGeneric, plan, nullptr, reduce_run_generic \
  }

constexpr KernelImpl kVector[] = {
    POACL_REDUCE("ReduceMean", "reduce_mean"),
    POACL_REDUCE("ReduceSum", "reduce_sum"),
    POACL_REDUCE("ReduceMax", "reduce_max"),
    POACL_REDUCE("ReduceMin", "reduce_min"),
    POACL_REDUCE("ReduceL1", "reduce_l1"),
    POACL_REDUCE("ReduceL2", "reduce_l2"),
    POACL_REDUCE("ReduceSumSquare", "reduce_sum_square"),
};

#undef POACL_REDUCE

}  // namespace

std::span<const KernelImpl* const> reduce_vector_kernels() {
  static constexpr auto kList = kernel_pointers(kVector);
  return kList;
}

}  // namespace poacl
