// References of QuantAdd and QuantGlobalAveragePool.
#include <algorithm>

#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_eltwise.h"

namespace poacl {
namespace {

void store_byte(void* y, int64_t index, int32_t value) {
  static_cast<uint8_t*>(y)[index] = static_cast<uint8_t>(value);
}

Status plan_add(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  QuantAddParams params{};
  POACL_RETURN_IF_ERROR(read_quant_add(op, &params));
  plan->set_params(params);
  return {};
}

void run_add(const KernelArgs& args) {
  const auto& p = args.get_params<QuantAddParams>();
  constexpr int64_t kChunk = 4096;
  (*args.parallel)((p.count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
    const int64_t end = std::min(p.count, (chunk + 1) * kChunk);
    for (int64_t i = chunk * kChunk; i < end; ++i) {
      const int32_t a = quant_value(args.inputs[0], p.signed1, i);
      const int32_t b = quant_value(args.inputs[1], p.signed2, i);
      store_byte(args.outputs[0], i, quant_sum(p, a, b));
    }
  });
}

Status plan_pool(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  QuantPoolParams params{};
  POACL_RETURN_IF_ERROR(read_quant_pool(op, &params));
  plan->set_params(params);
  return {};
}

void run_pool(const KernelArgs& args) {
  const auto& p = args.get_params<QuantPoolParams>();
  (*args.parallel)(p.planes, [&](int64_t plane, int) {
    int32_t sum = 0;
    for (int64_t i = 0; i < p.area; ++i) {
      sum += quant_value(args.inputs[0], p.signed_x, plane * p.area + i);
    }
    store_byte(args.outputs[0], plane, quant_mean(p, sum));
  });
}

}  // namespace

const KernelImpl kQuantAddRef = {"QuantAdd", "quant_add.ref", Isa::kGeneric,
                                 plan_add,   nullptr,         run_add};
const KernelImpl kQuantPoolRef = {
    "QuantGlobalAveragePool", "quant_global_pool.ref", Isa::kGeneric, plan_pool, nullptr, run_pool};

}  // namespace poacl
