// PadV3 with a constant: fill the output, then copy the input into its place.
#include <algorithm>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/shape/copy_job.h"
#include "kernels/shape/shape_kernels.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

constexpr int64_t kFillChunk = 16384;  // elements

struct Params {
  CopyJob job;
  int64_t count;  // elements of the output
  bool has_value;
};

// A value whose bytes are all zero, or none.
bool pads_with_zero(const OpInstance& op) {
  if (op.inputs.size() < 3 || op.inputs[2].absent()) return true;
  const Tensor* value = op.constants[2];
  if (value == nullptr) return false;
  const auto* bytes = value->buffer.data();
  return std::all_of(bytes, bytes + std::min(value->buffer.size(), data_type_size(value->dtype)),
                     [](std::byte b) { return b == std::byte{0}; });
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& dims = op.inputs[0].dims;
  Params p{};
  p.job.size = data_type_size(op.inputs[0].dtype);
  if (p.job.size == 0) return declined("elements without a size");
  if (dims.size() + 1 > static_cast<size_t>(kMaxCopyRank)) return declined("too many dimensions");
  if (op.attrs->get_string("mode", "constant") != "constant") return declined("mode");
  std::vector<int64_t> pads;
  POACL_RETURN_IF_ERROR(read_pads(op, dims.size(), &pads));
  if (std::any_of(pads.begin(), pads.end(), [](int64_t pad) { return pad < 0; })) {
    return declined("negative paddings");
  }
  p.has_value =
      op.inputs.size() > 2 && !op.inputs[2].absent() && element_count(op.inputs[2].dims) == 1;
  Layout layout = op.inputs[0].layout;
  if (dims.size() < 2 || op.constants[0] != nullptr || pads[2] != 0 || pads[3] != 0 ||
      !pads_with_zero(op)) {
    layout = Layout::kPlain;
  }
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = layout;
  plan->output_layouts = {layout};
  const Dims in = memory_dims(dims, layout);
  const Dims out = memory_dims(op.outputs[0].dims, layout);
  int64_t from[kMaxCopyRank];
  int64_t to[kMaxCopyRank];
  row_strides(in, from);
  row_strides(out, to);
  for (size_t d = 0; d < in.size(); ++d) {
    p.job.add_dim(in[d], from[d], to[d]);
    if (d < dims.size()) p.job.dst_offset += pads[2 * d] * to[d];
  }
  finish_copy(&p.job);
  p.count = element_count(out);
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_size(p.job.size, [&](auto zero) {
    using T = decltype(zero);
    const T value = p.has_value ? *static_cast<const T*>(args.inputs[2]) : T{};
    T* out = static_cast<T*>(args.outputs[0]);
    (*args.parallel)((p.count + kFillChunk - 1) / kFillChunk, [&](int64_t chunk, int) {
      const int64_t end = std::min(p.count, (chunk + 1) * kFillChunk);
      for (int64_t i = chunk * kFillChunk; i < end; ++i) out[i] = value;
    });
  });
  run_copy(p.job, args.inputs[0], args.outputs[0], args.parallel);
}

}  // namespace

const KernelImpl kPadCopy = {"PadV3", "pad.copy", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
