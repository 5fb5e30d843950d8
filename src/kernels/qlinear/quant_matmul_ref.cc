// Reference of QuantBatchMatmul.
#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_matmul.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  QuantMatmulParams params{};
  POACL_RETURN_IF_ERROR(read_quant_matmul(op, &params));
  plan->set_params(params);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<QuantMatmulParams>();
  const MatMulGeometry& g = p.g;
  const QuantFinish finish = make_quant_finish(p.result, args.inputs + 5);
  (*args.parallel)(g.batch * g.m, [&](int64_t row, int) {
    const int64_t m1 = g.x1_matrix(row / g.m);
    const int64_t m2 = g.x2_matrix(row / g.m);
    const int64_t i = row % g.m;
    const int64_t zero1_at = m1 * p.offset1_matrix + i * p.offset1_row;
    const int32_t zero1 = p.has_offset1 ? quant_value(args.inputs[2], p.signed1, zero1_at) : 0;
    for (int64_t j = 0; j < g.n; ++j) {
      const int64_t zero2_at = m2 * p.offset2_matrix + j * p.offset2_column;
      const int32_t zero2 = p.has_offset2 ? quant_value(args.inputs[3], p.signed2, zero2_at) : 0;
      uint32_t sum = 0;  // wraps around as int32 does
      for (int64_t k = 0; k < g.k; ++k) {
        const int32_t a = quant_value(args.inputs[0], p.signed1, (m1 * g.m + i) * g.k + k);
        const int32_t b = quant_value(args.inputs[1], p.signed2, (m2 * g.k + k) * g.n + j);
        sum += static_cast<uint32_t>((a - zero1) * (b - zero2));
      }
      if (p.has_bias) sum += static_cast<uint32_t>(static_cast<const int32_t*>(args.inputs[4])[j]);
      const auto total = static_cast<int32_t>(sum);
      finish_sums(p.result, finish, &total, j, 0, args.outputs[0], row * g.n + j, 1);
    }
  });
}

}  // namespace

const KernelImpl kQuantMatmulRef = {
    "QuantBatchMatmul", "quant_matmul.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
