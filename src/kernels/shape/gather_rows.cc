// GatherV2 in chunks of rows: the way of embedding tables.
#include "kernels/shape/gather_sizes.h"
#include "kernels/shape/shape_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kChunkBytes = 32 * 1024;

struct Params {
  GatherSizes gather;
  int64_t rows;       // of the output
  int64_t row_chunk;  // rows per chunk
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(read_gather(op, &p.gather));
  if (p.gather.row_bytes < 16) return declined("rows too short to be worth it");
  p.rows = p.gather.outer * p.gather.picks;
  p.row_chunk = std::max<int64_t>(1, kChunkBytes / p.gather.row_bytes);
  plan->set_params(p);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const GatherSizes& g = p.gather;
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  (*args.parallel)((p.rows + p.row_chunk - 1) / p.row_chunk, [&](int64_t chunk, int) {
    const int64_t end = std::min(p.rows, (chunk + 1) * p.row_chunk);
    for (int64_t row = chunk * p.row_chunk; row < end; ++row) {
      const int64_t index = clamped_index(args.inputs[1], g.wide, row % g.picks, g.extent);
      std::memcpy(out + row * g.row_bytes, in + (row / g.picks * g.extent + index) * g.row_bytes,
                  static_cast<size_t>(g.row_bytes));
    }
  });
}

}  // namespace

const KernelImpl kGatherRows = {"GatherV2", "gather.rows", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
