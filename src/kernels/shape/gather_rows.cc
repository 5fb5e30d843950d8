// GatherV2 in chunks of rows: the way of embedding tables.
#include "kernels/shape/index_value.h"
#include "kernels/shape/shape_kernels.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

constexpr int64_t kChunkBytes = 32 * 1024;

struct Params {
  int64_t extent, row_bytes;
  int64_t picks;
  int64_t rows;       // of the output
  int64_t row_chunk;  // rows per chunk
  bool wide;
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
  if (!is_index_type(op.inputs[1].dtype)) return declined("indices are not int32 or int64");
  p.wide = op.inputs[1].dtype == DataType::kInt64;
  const std::span<const int64_t> all(dims);
  p.extent = dims[static_cast<size_t>(axis)];
  p.row_bytes =
      element_count(all.subspan(static_cast<size_t>(axis) + 1)) * static_cast<int64_t>(size);
  p.picks = element_count(op.inputs[1].dims);
  p.rows = element_count(all.first(static_cast<size_t>(axis))) * p.picks;
  if (p.row_bytes == 0) p.rows = 0;
  if (p.extent == 0 && p.picks != 0) return declined("nothing to pick from");
  if (p.row_bytes < 16) return declined("rows too short to be worth it");
  p.row_chunk = std::max<int64_t>(1, kChunkBytes / p.row_bytes);
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  (*args.parallel)((p.rows + p.row_chunk - 1) / p.row_chunk, [&](int64_t chunk, int) {
    const int64_t end = std::min(p.rows, (chunk + 1) * p.row_chunk);
    for (int64_t row = chunk * p.row_chunk; row < end; ++row) {
      const int64_t index = clamped_index(args.inputs[1], p.wide, row % p.picks, p.extent);
      std::memcpy(out + row * p.row_bytes, in + (row / p.picks * p.extent + index) * p.row_bytes,
                  static_cast<size_t>(p.row_bytes));
    }
  });
}

}  // namespace

const KernelImpl kGatherRows = {"GatherV2", "gather.rows", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
