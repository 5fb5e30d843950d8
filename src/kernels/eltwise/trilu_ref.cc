// Trilu: the upper or lower triangle of matrices, zero elsewhere. The diagonal is read when run.
#include <algorithm>
#include <cstring>

#include "kernels/eltwise/eltwise_kernels.h"

namespace poacl {
namespace {

struct Params {
  int64_t matrices, rows, columns;
  size_t size;
  DataType diagonal;  // type of k; kUndefined when it is absent
  bool upper;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& dims = op.inputs[0].dims;
  if (dims.size() < 2) return declined("fewer than two dimensions");
  Params p{};
  p.rows = dims[dims.size() - 2];
  p.columns = dims[dims.size() - 1];
  p.matrices = element_count(std::span<const int64_t>(dims).first(dims.size() - 2));
  p.size = data_type_size(op.inputs[0].dtype);
  p.upper = op.attrs->get_int("upper") != 0;
  p.diagonal = op.inputs.size() > 1 ? op.inputs[1].dtype : DataType::kUndefined;
  if (p.size == 0) return declined("elements without a size");
  plan->set_params(p);
  return {};
}

int64_t diagonal_of(const KernelArgs& args, const Params& p) {
  if (p.diagonal == DataType::kInt64) return *static_cast<const int64_t*>(args.inputs[1]);
  if (p.diagonal == DataType::kInt32) return *static_cast<const int32_t*>(args.inputs[1]);
  return 0;
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* x = static_cast<const std::byte*>(args.inputs[0]);
  auto* y = static_cast<std::byte*>(args.outputs[0]);
  // Beyond these the triangle is everything or nothing, and sums stay in range.
  const int64_t k = std::clamp(diagonal_of(args, p), -p.rows, p.columns);
  const int64_t stride = p.columns * static_cast<int64_t>(p.size);
  (*args.parallel)(p.matrices * p.rows, [&](int64_t row, int) {
    const int64_t first_upper = std::clamp<int64_t>(row % p.rows + k, 0, p.columns);
    const int64_t end_lower = std::clamp<int64_t>(row % p.rows + k + 1, 0, p.columns);
    const size_t begin = p.upper ? static_cast<size_t>(first_upper) * p.size : 0;
    const size_t end = static_cast<size_t>(p.upper ? p.columns : end_lower) * p.size;
    std::byte* out = y + row * stride;
    std::memset(out, 0, begin);
    std::memcpy(out + begin, x + row * stride + begin, end - begin);
    std::memset(out + end, 0, static_cast<size_t>(stride) - end);
  });
}

}  // namespace

const KernelImpl kTriluRef = {"Trilu", "trilu.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
