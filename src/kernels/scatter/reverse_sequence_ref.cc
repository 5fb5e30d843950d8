// ReverseSequence: the first seq_lengths[b] elements of sequence b, backwards. A length that is out
// of range at run time means the nearest valid one.
#include "kernels/scatter/scatter_kernels.h"
#include "kernels/shape/index_value.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

struct Params {
  size_t size;
  int seq_dim, batch_dim;
  bool wide;
  FixedDims x;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  p.size = data_type_size(op.inputs[0].dtype);
  if (p.size == 0) return declined("elements without a size");
  if (!is_index_type(op.inputs[1].dtype)) return declined("lengths are not int32 or int64");
  p.wide = op.inputs[1].dtype == DataType::kInt64;
  if (!fix_dims(op.inputs[0].dims, &p.x)) return declined("too many dimensions");
  int64_t axes[] = {op.attrs->get_int("seq_dim"), op.attrs->get_int("batch_dim")};
  for (int64_t& axis : axes) {
    if (axis < 0) axis += p.x.rank;
    if (axis < 0 || axis >= p.x.rank) return declined("axis out of range");
  }
  p.seq_dim = static_cast<int>(axes[0]);
  p.batch_dim = static_cast<int>(axes[1]);
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  const int64_t count = p.x.count();
  for (int64_t i = 0; i < count; ++i) {
    int64_t at[kMaxShapeRank];
    unravel(p.x, i, at);
    const int64_t length = std::clamp<int64_t>(raw_index(args.inputs[1], p.wide, at[p.batch_dim]),
                                               0, p.x.dims[p.seq_dim]);
    const int64_t s = at[p.seq_dim];
    const int64_t from = s < length ? i + (length - 1 - 2 * s) * p.x.stride[p.seq_dim] : i;
    std::memcpy(out + static_cast<size_t>(i) * p.size, in + static_cast<size_t>(from) * p.size,
                p.size);
  }
}

}  // namespace

const KernelImpl kReverseSequenceRef = {
    "ReverseSequence", "reverse_sequence.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
