// GatherNd: slices of x that rows of indices address. An index that is out of range at run time
// means the nearest valid one (constant ones were checked by shape inference).
#include "kernels/scatter/scatter_kernels.h"
#include "kernels/shape/index_value.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

struct Params {
  int64_t batches, rows;  // rows of indices in a batch
  int64_t slice_bytes;
  int64_t batch_bytes;  // of x
  int depth;            // indices in a row
  bool wide;
  int64_t extent[kMaxShapeRank];  // of the dimensions they address
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const auto size = static_cast<int64_t>(data_type_size(op.inputs[0].dtype));
  if (size == 0) return declined("elements without a size");
  if (!is_index_type(op.inputs[1].dtype)) return declined("indices are not int32 or int64");
  p.wide = op.inputs[1].dtype == DataType::kInt64;
  const std::span<const int64_t> x(op.inputs[0].dims);
  const std::span<const int64_t> indices(op.inputs[1].dims);
  const auto batch = static_cast<size_t>(op.attrs->get_int("batch_dims"));
  if (batch >= indices.size() || indices.back() < 0) return declined("indices");
  const auto depth = static_cast<size_t>(indices.back());
  if (batch + depth > x.size() || depth > static_cast<size_t>(kMaxShapeRank)) {
    return declined("more indices than dimensions");
  }
  p.depth = static_cast<int>(depth);
  p.batches = element_count(x.first(batch));
  p.rows = element_count(indices.subspan(batch, indices.size() - 1 - batch));
  p.slice_bytes = element_count(x.subspan(batch + depth)) * size;
  p.batch_bytes = element_count(x.subspan(batch)) * size;
  for (size_t k = 0; k < depth; ++k) p.extent[k] = x[batch + k];
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* x = static_cast<const std::byte*>(args.inputs[0]);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  if (p.slice_bytes == 0) return;
  for (int64_t b = 0; b < p.batches; ++b) {
    for (int64_t r = 0; r < p.rows; ++r) {
      const int64_t row = b * p.rows + r;
      int64_t slice = 0;
      for (int k = 0; k < p.depth; ++k) {
        slice = slice * p.extent[k] +
                clamped_index(args.inputs[1], p.wide, row * p.depth + k, p.extent[k]);
      }
      std::memcpy(out + row * p.slice_bytes, x + b * p.batch_bytes + slice * p.slice_bytes,
                  static_cast<size_t>(p.slice_bytes));
    }
  }
}

}  // namespace

const KernelImpl kGatherNdRef = {"GatherNd", "gather_nd.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
