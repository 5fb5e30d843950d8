// QuantBatchMatmul row by row: a row of x2 at a time is added to a row of sums, which the compiler
// turns into vectors.
#include <algorithm>

#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_matmul.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  QuantMatmulParams params{};
  POACL_RETURN_IF_ERROR(read_quant_matmul(op, &params));
  plan->set_params(params);
  if (params.result.kind != QuantKind::kSums) {
    plan->scratch_bytes =
        static_cast<size_t>(context.workers) * static_cast<size_t>(params.g.n) * 4;
  }
  return {};
}

template <typename A, typename B>
void multiply(const QuantMatmulParams& p, const KernelArgs& args) {
  const MatMulGeometry& g = p.g;
  const auto* x1 = static_cast<const A*>(args.inputs[0]);
  const auto* x2 = static_cast<const B*>(args.inputs[1]);
  const bool scaled = p.result.kind != QuantKind::kSums;
  const QuantFinish finish = make_quant_finish(p.result, args.inputs + 5);
  (*args.parallel)(g.batch * g.m, [&](int64_t row, int worker) {
    const int64_t m1 = g.x1_matrix(row / g.m);
    const int64_t m2 = g.x2_matrix(row / g.m);
    const int64_t i = row % g.m;
    const int64_t zero1_at = m1 * p.offset1_matrix + i * p.offset1_row;
    const int32_t zero1 =
        p.has_offset1 ? static_cast<const A*>(args.inputs[2])[zero1_at] : int32_t{0};
    const A* a = x1 + (m1 * g.m + i) * g.k;
    auto* sums = scaled ? reinterpret_cast<uint32_t*>(args.scratch) + worker * g.n
                        : static_cast<uint32_t*>(args.outputs[0]) + row * g.n;
    if (p.has_bias) {
      std::copy_n(static_cast<const uint32_t*>(args.inputs[4]), g.n, sums);
    } else {
      std::fill_n(sums, g.n, 0u);
    }
    uint32_t total = 0;  // of the row of x1, which multiplies x2's zero points
    for (int64_t k = 0; k < g.k; ++k) {
      const auto factor = static_cast<uint32_t>(a[k] - zero1);
      if (factor == 0) continue;
      total += factor;
      const B* b = x2 + (m2 * g.k + k) * g.n;
      for (int64_t j = 0; j < g.n; ++j) {
        sums[j] += factor * static_cast<uint32_t>(static_cast<int32_t>(b[j]));
      }
    }
    if (p.has_offset2) {
      const B* zero2 = static_cast<const B*>(args.inputs[3]) + m2 * p.offset2_matrix;
      for (int64_t j = 0; j < g.n; ++j) {
        sums[j] -= total * static_cast<uint32_t>(static_cast<int32_t>(zero2[j * p.offset2_column]));
      }
    }
    if (scaled) {
      finish_sums(p.result, finish, reinterpret_cast<const int32_t*>(sums), 0, 1, args.outputs[0],
                  row * g.n, g.n);
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<QuantMatmulParams>();
  if (p.signed1) {
    p.signed2 ? multiply<int8_t, int8_t>(p, args) : multiply<int8_t, uint8_t>(p, args);
  } else {
    p.signed2 ? multiply<uint8_t, int8_t>(p, args) : multiply<uint8_t, uint8_t>(p, args);
  }
}

}  // namespace

const KernelImpl kQuantMatmulRows = {
    "QuantBatchMatmul", "quant_matmul.rows", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
