// TransposeD, StridedSliceV2, Expand and Tile as one strided copy.
#include "kernels/shape/copy_job.h"
#include "kernels/shape/shape_kernels.h"
#include "kernels/shape/shape_util.h"
#include "kernels/shape/slice_range.h"

namespace poacl {
namespace {

Status check(const OpInstance& op) {
  if (data_type_size(op.inputs[0].dtype) == 0) return declined("elements without a size");
  if (op.inputs[0].dims.size() + 1 > static_cast<size_t>(kMaxCopyRank) ||
      op.outputs[0].dims.size() + 1 > static_cast<size_t>(kMaxCopyRank)) {
    return declined("too many dimensions");
  }
  return {};
}

Status finish(CopyJob job, KernelPlan* plan) {
  finish_copy(&job);
  plan->set_params(job);
  return {};
}

Status plan_transpose(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(check(op));
  const Dims& in = op.inputs[0].dims;
  const Dims& out = op.outputs[0].dims;
  const auto perm = op.attrs->get_ints("perm");
  if (perm.size() != in.size()) return declined("perm does not fit x");
  int64_t from[kMaxCopyRank];
  int64_t to[kMaxCopyRank];
  row_strides(in, from);
  row_strides(out, to);
  CopyJob job;
  job.size = data_type_size(op.inputs[0].dtype);
  for (size_t d = 0; d < out.size(); ++d) job.add_dim(out[d], from[perm[d]], to[d]);
  return finish(job, plan);
}

// Whether the channels that a slice keeps are whole blocks.
bool keeps_blocks(const SliceRange& range, int64_t channels, int64_t block) {
  return range.step == 1 && range.begin % block == 0 &&
         (range.count % block == 0 || range.begin + range.count == channels);
}

Status plan_slice(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(check(op));
  const Dims& dims = op.inputs[0].dims;
  std::vector<int64_t> begin, end, axes, strides;
  POACL_RETURN_IF_ERROR(read_ints(op, 1, &begin));
  POACL_RETURN_IF_ERROR(read_ints(op, 2, &end));
  POACL_RETURN_IF_ERROR(read_ints(op, 3, &axes));
  POACL_RETURN_IF_ERROR(read_ints(op, 4, &strides));
  std::vector<SliceRange> ranges;
  for (const int64_t d : dims) ranges.push_back({0, 1, d});
  for (size_t i = 0; i < begin.size(); ++i) {
    int64_t axis = axes.empty() ? static_cast<int64_t>(i) : axes[i];
    if (axis < 0) axis += static_cast<int64_t>(dims.size());
    const auto at = static_cast<size_t>(axis);
    ranges[at] = slice_range(begin[i], end[i], strides.empty() ? 1 : strides[i], dims[at]);
  }
  Layout layout = op.inputs[0].layout;
  if (dims.size() < 2 || op.constants[0] != nullptr) layout = Layout::kPlain;
  const int64_t block = block_of(layout);
  if (block > 1 && !keeps_blocks(ranges[1], dims[1], block)) layout = Layout::kPlain;
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = layout;
  plan->output_layouts = {layout};
  if (layout != Layout::kPlain) {
    ranges[1].begin /= block;
    ranges[1].count = (ranges[1].count + block - 1) / block;
    ranges.push_back({0, 1, block});
  }
  const Dims in = memory_dims(dims, layout);
  const Dims out = memory_dims(op.outputs[0].dims, layout);
  int64_t from[kMaxCopyRank];
  int64_t to[kMaxCopyRank];
  row_strides(in, from);
  row_strides(out, to);
  CopyJob job;
  job.size = data_type_size(op.inputs[0].dtype);
  for (size_t d = 0; d < in.size(); ++d) {
    // A step beyond the dimension is never taken; multiplied out it could overflow.
    const int64_t step = ranges[d].count > 1 ? ranges[d].step : 0;
    job.src_offset += ranges[d].begin * from[d];
    job.add_dim(out[d], step * from[d], to[d]);
  }
  return finish(job, plan);
}

Status plan_expand(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(check(op));
  const Dims& in = op.inputs[0].dims;
  const Dims& out = op.outputs[0].dims;
  if (in.size() > out.size()) return declined("the output has fewer dimensions than x");
  int64_t from[kMaxCopyRank];
  int64_t to[kMaxCopyRank];
  row_strides(in, from);
  row_strides(out, to);
  const size_t skip = out.size() - in.size();
  CopyJob job;
  job.size = data_type_size(op.inputs[0].dtype);
  for (size_t d = 0; d < out.size(); ++d) {
    const bool repeats = d < skip || in[d - skip] == 1;
    job.add_dim(out[d], repeats ? 0 : from[d - skip], to[d]);
  }
  return finish(job, plan);
}

Status plan_tile(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(check(op));
  const Dims& in = op.inputs[0].dims;
  const Dims& out = op.outputs[0].dims;
  int64_t from[kMaxCopyRank];
  int64_t to[kMaxCopyRank];
  row_strides(in, from);
  row_strides(out, to);
  CopyJob job;
  job.size = data_type_size(op.inputs[0].dtype);
  for (size_t d = 0; d < out.size(); ++d) {
    if (job.rank + 2 > kMaxCopyRank) return declined("too many repeated dimensions");
    if (in[d] == 0 || out[d] == 0) {
      job.add_dim(0, 0, 0);
      continue;
    }
    if (out[d] != in[d]) job.add_dim(out[d] / in[d], 0, to[d] * in[d]);
    job.add_dim(in[d], from[d], to[d]);
  }
  return finish(job, plan);
}

void run(const KernelArgs& args) {
  run_copy(args.get_params<CopyJob>(), args.inputs[0], args.outputs[0], args.parallel);
}

}  // namespace

const KernelImpl kTransposeTiled = {"TransposeD",   "transpose.tiled", Isa::kGeneric,
                                    plan_transpose, nullptr,           run};
const KernelImpl kSliceCopy = {"StridedSliceV2", "slice.copy", Isa::kGeneric,
                               plan_slice,       nullptr,      run};
const KernelImpl kExpandCopy = {"Expand", "expand.copy", Isa::kGeneric, plan_expand, nullptr, run};
const KernelImpl kTileCopy = {"Tile", "tile.copy", Isa::kGeneric, plan_tile, nullptr, run};

}  // namespace poacl
