// ConcatD and SplitVD as one strided copy per part, in the plain order or, when the parts' blocks
// stay whole, in a blocked one.
#include <algorithm>

#include "kernels/shape/copy_job.h"
#include "kernels/shape/shape_kernels.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

// Header of the params; `parts` CopyJobs follow.
struct Header {
  int64_t parts;
  int64_t chunks;
};

// Blocks stay whole: along the channels every part but the last fills its blocks.
bool blocks_fit(std::span<const TensorDesc> parts, size_t axis, int64_t block) {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].dims.size() < 2) return false;
    if (axis == 1 && i + 1 < parts.size() && parts[i].dims[1] % block != 0) return false;
  }
  return true;
}

// The layout most of the non-constant inputs offer, if the parts allow it. Floats are rounded to
// bfloat16 only where all of them are already.
Layout choose_layout(const OpInstance& op, std::span<const TensorDesc> parts, size_t axis) {
  int64_t elements[kLayoutCount] = {};
  bool bf16 = true;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    if (op.constants[i] != nullptr) return Layout::kPlain;
    const Layout layout = op.inputs[i].layout;
    bf16 = bf16 && is_bf16(layout);
    elements[static_cast<int>(full_width(layout))] += element_count(op.inputs[i].dims);
  }
  const auto most = std::max_element(std::begin(elements), std::end(elements));
  const auto layout = static_cast<Layout>(most - std::begin(elements));
  if (layout == Layout::kPlain || !blocks_fit(parts, axis, block_of(layout))) {
    return bf16 ? Layout::kPlainBf16 : Layout::kPlain;
  }
  return bf16 ? Layout::kBlocked16Bf16 : layout;
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const bool concat = op.type == "ConcatD";
  const auto parts = concat ? op.inputs : op.outputs;
  const TensorDesc& whole = concat ? op.outputs[0] : op.inputs[0];
  const size_t size = data_type_size(whole.dtype);
  if (size == 0) return declined("elements without a size");
  if (whole.dims.size() + 1 > static_cast<size_t>(kMaxCopyRank)) {
    return declined("too many dimensions");
  }
  const int64_t rank = static_cast<int64_t>(whole.dims.size());
  int64_t given = 0;
  POACL_RETURN_IF_ERROR(join_axis(op, &given));
  if (given < 0) given += rank;
  if (given < 0 || given >= rank) return declined("axis out of range");
  const auto axis = static_cast<size_t>(given);
  const Layout layout = choose_layout(op, parts, axis);
  plan->input_layouts.assign(op.inputs.size(), layout);
  plan->output_layouts.assign(op.outputs.size(), layout);

  const Dims outer = memory_dims(whole.dims, layout);
  int64_t whole_stride[kMaxCopyRank];
  row_strides(outer, whole_stride);
  Header header{static_cast<int64_t>(parts.size()), 0};
  std::vector<CopyJob> jobs;
  int64_t begin = 0;
  for (const TensorDesc& part : parts) {
    const Dims dims = memory_dims(part.dims, layout);
    int64_t stride[kMaxCopyRank];
    row_strides(dims, stride);
    CopyJob job;
    job.size = is_bf16(layout) ? sizeof(uint16_t) : size;
    (concat ? job.dst_offset : job.src_offset) = begin * whole_stride[axis];
    for (size_t d = 0; d < dims.size(); ++d) {
      job.add_dim(dims[d], concat ? stride[d] : whole_stride[d],
                  concat ? whole_stride[d] : stride[d]);
    }
    finish_copy(&job);
    begin += dims[axis];
    header.chunks += job.chunks;
    jobs.push_back(job);
  }
  plan->params.resize(sizeof(Header) + jobs.size() * sizeof(CopyJob));
  std::memcpy(plan->params.data(), &header, sizeof(header));
  std::memcpy(plan->params.data() + sizeof(header), jobs.data(), jobs.size() * sizeof(CopyJob));
  return {};
}

// Calls f(part, job, chunk of the job) for every chunk of every part.
template <typename F>
void for_each_chunk(const KernelArgs& args, F&& f) {
  const auto& header = args.get_params<Header>();
  const auto* jobs = reinterpret_cast<const CopyJob*>(&header + 1);
  (*args.parallel)(header.chunks, [&](int64_t chunk, int) {
    int64_t part = 0;
    while (chunk >= jobs[part].chunks) chunk -= jobs[part++].chunks;
    f(part, jobs[part], chunk);
  });
}

void run_concat(const KernelArgs& args) {
  for_each_chunk(args, [&](int64_t part, const CopyJob& job, int64_t chunk) {
    run_copy_chunk(job, args.inputs[part], args.outputs[0], chunk);
  });
}

void run_split(const KernelArgs& args) {
  for_each_chunk(args, [&](int64_t part, const CopyJob& job, int64_t chunk) {
    run_copy_chunk(job, args.inputs[0], args.outputs[part], chunk);
  });
}

}  // namespace

const KernelImpl kConcatCopy = {"ConcatD", "concat.copy", Isa::kGeneric, plan,
                                nullptr,   run_concat,    true};
const KernelImpl kSplitCopy = {"SplitVD", "split.copy", Isa::kGeneric, plan,
                               nullptr,   run_split,    true};
const KernelImpl kSplitVCopy = {"SplitV", "split_v.copy", Isa::kGeneric, plan,
                                nullptr,  run_split,      true};

}  // namespace poacl
