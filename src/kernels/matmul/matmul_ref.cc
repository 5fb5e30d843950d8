#include <type_traits>

#include <fmt/format.h>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/matmul/matmul_geometry.h"
#include "kernels/matmul/matmul_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const MatMulGeometry g, matmul_geometry(op));
  const bool integer = g.dtype != DataType::kFloat && g.dtype != DataType::kDouble;
  if (g.dtype == DataType::kBool || !is_arithmetic_type(g.dtype)) {
    return declined(fmt::format("tensors of type {}; float, double or integers wanted",
                                data_type_name(g.dtype)));
  }
  if (integer && g.activation.kind != ActivationKind::kNone) {
    return declined("an activation of integers");
  }
  plan->set_params(g);
  return {};
}

// Integers wrap around, as two's complement does.
template <typename T>
using Sum = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;

template <typename T>
void multiply(const MatMulGeometry& g, const KernelArgs& args) {
  const auto* x1 = static_cast<const T*>(args.inputs[0]);
  const auto* x2 = static_cast<const T*>(args.inputs[1]);
  const auto* bias = g.has_bias ? static_cast<const T*>(args.inputs[2]) : nullptr;
  const auto* residual = g.has_residual ? static_cast<const T*>(args.inputs[3]) : nullptr;
  auto* y = static_cast<T*>(args.outputs[0]);
  const int64_t a_row = g.transpose_x1 ? 1 : g.k;
  const int64_t a_col = g.transpose_x1 ? g.m : 1;
  const int64_t b_row = g.transpose_x2 ? 1 : g.n;
  const int64_t b_col = g.transpose_x2 ? g.k : 1;
  (*args.parallel)(g.batch * g.m, [&](int64_t row, int) {
    const int64_t index = row / g.m;
    const T* a = x1 + g.x1_matrix(index) * g.m * g.k + row % g.m * a_row;
    const T* b = x2 + g.x2_matrix(index) * g.k * g.n;
    for (int64_t j = 0; j < g.n; ++j) {
      Sum<T> sum = 0;
      for (int64_t i = 0; i < g.k; ++i) {
        sum += static_cast<Sum<T>>(a[i * a_col]) * static_cast<Sum<T>>(b[i * b_row + j * b_col]);
      }
      if (bias != nullptr) sum += static_cast<Sum<T>>(bias[j]);
      if (residual != nullptr) sum += static_cast<Sum<T>>(residual[row * g.n + j]);
      if constexpr (std::is_floating_point_v<T>) {
        const bool plain = g.activation.kind == ActivationKind::kNone;
        y[row * g.n + j] =
            plain ? static_cast<T>(sum)
                  : static_cast<T>(apply_activation(g.activation, static_cast<float>(sum)));
      } else {
        y[row * g.n + j] = static_cast<T>(sum);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& g = args.get_params<MatMulGeometry>();
  dispatch_arithmetic(g.dtype, [&](auto zero) { multiply<decltype(zero)>(g, args); });
}

}  // namespace

const KernelImpl kMatMulRef = {"MatMulV2", "matmul.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kBatchMatMulRef = {
    "BatchMatMulV2", "batch_matmul.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
