#include <algorithm>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

#include "kernels/pool/pool_geometry.h"
#include "kernels/pool/pool_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const PoolGeometry g, pool_geometry(op));
  const bool real = g.dtype == DataType::kFloat || g.dtype == DataType::kDouble;
  const bool small = g.dtype == DataType::kInt8 || g.dtype == DataType::kUint8;
  if (!real && (g.average || !small)) {
    return declined(fmt::format("tensors of type {}", data_type_name(g.dtype)));
  }
  plan->set_params(g);
  return {};
}

// First index >= 0 of origin + i * step, and one past the last below `size`.
struct Range {
  int64_t begin, end;
};
Range inside(int64_t origin, int64_t step, int64_t count, int64_t size) {
  const int64_t begin = origin >= 0 ? 0 : (-origin + step - 1) / step;
  const int64_t end = origin >= size ? 0 : (size - origin + step - 1) / step;
  return {std::min(begin, count), std::min(end, count)};
}

template <typename T>
T window(const PoolGeometry& g, const T* image, int64_t y0, int64_t x0) {
  const Range rows = inside(y0, g.dh, g.kh, g.h);
  const Range cols = inside(x0, g.dw, g.kw, g.w);
  using Limits = std::numeric_limits<T>;
  T best = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  double sum = 0;
  for (int64_t i = rows.begin; i < rows.end; ++i) {
    for (int64_t j = cols.begin; j < cols.end; ++j) {
      const T v = image[(y0 + i * g.dh) * g.w + x0 + j * g.dw];
      if (v > best || v != v) best = v;
      sum += static_cast<double>(v);
    }
  }
  if (!g.average) return best;
  int64_t cells =
      std::max<int64_t>(rows.end - rows.begin, 0) * std::max<int64_t>(cols.end - cols.begin, 0);
  if (!g.exclusive) {
    // Padding counts; what ceil_mode adds beyond it does not.
    cells = std::min(g.kh, (g.h + g.pb - y0 + g.dh - 1) / g.dh) *
            std::min(g.kw, (g.w + g.pr - x0 + g.dw - 1) / g.dw);
  }
  return cells == 0 ? T{0} : static_cast<T>(sum / static_cast<double>(cells));
}

template <typename T>
void pool(const PoolGeometry& g, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  auto* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(g.n * g.c, [&](int64_t plane, int) {
    const T* image = x + plane * g.h * g.w;
    for (int64_t p = 0; p < g.oh * g.ow; ++p) {
      y[plane * g.oh * g.ow + p] = window(g, image, p / g.ow * g.sh - g.pt, p % g.ow * g.sw - g.pl);
    }
  });
}

void run(const KernelArgs& args) {
  const auto& g = args.get_params<PoolGeometry>();
  switch (g.dtype) {
    case DataType::kDouble:
      return pool<double>(g, args);
    case DataType::kInt8:
      return pool<int8_t>(g, args);
    case DataType::kUint8:
      return pool<uint8_t>(g, args);
    default:
      return pool<float>(g, args);
  }
}

}  // namespace

const KernelImpl kMaxPoolRef = {"MaxPoolV3", "max_pool.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kAvgPoolRef = {"AvgPoolV2", "avg_pool.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kGlobalAvgPoolRef = {
    "GlobalAveragePool", "global_avg_pool.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
