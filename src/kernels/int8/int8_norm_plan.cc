// The plan of the kernels of LayerNormQuant, and their reference.
#include <algorithm>
#include <cmath>

#include "kernels/int8/int8_norm.h"
#include "kernels/kernel_list.h"
#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Int8NormParams p{};
  OpInstance norm = op;
  norm.type = "LayerNormV3";
  POACL_RETURN_IF_ERROR(read_row_norm(norm, &p.norm));
  const DataType type = op.outputs[0].dtype;
  if (p.norm.dtype != DataType::kFloat || !is_quant_type(type)) {
    return declined("x or y of another type than float, int8 or uint8");
  }
  p.inverse = 1.0f / op.attrs->get_float("y_scale", 1.0f);
  p.offset = static_cast<int32_t>(op.attrs->get_int("y_offset"));
  p.low = static_cast<float>((type == DataType::kInt8 ? -128 : 0) - p.offset);
  p.high = p.low + 255.0f;
  plan->set_params(p);
  return {};
}

void run_ref(const KernelArgs& args) {
  const auto& p = args.get_params<Int8NormParams>();
  const int64_t length = p.norm.length;
  const auto* x = static_cast<const float*>(args.inputs[0]);
  // The operator may have fewer inputs than these.
  const auto* gamma = p.norm.has_gamma ? static_cast<const float*>(args.inputs[1]) : nullptr;
  const auto* beta = p.norm.has_beta ? static_cast<const float*>(args.inputs[2]) : nullptr;
  auto* y = static_cast<uint8_t*>(args.outputs[0]);
  (*args.parallel)(p.norm.rows, [&](int64_t row, int) {
    const float* from = x + row * length;
    double mean = 0;
    for (int64_t i = 0; i < length; ++i) mean += static_cast<double>(from[i]);
    mean /= static_cast<double>(length);
    double variance = 0;
    for (int64_t i = 0; i < length; ++i) {
      const double d = static_cast<double>(from[i]) - mean;
      variance += d * d;
    }
    variance /= static_cast<double>(length);
    const double scale = 1.0 / std::sqrt(variance + static_cast<double>(p.norm.epsilon));
    for (int64_t i = 0; i < length; ++i) {
      double v = (static_cast<double>(from[i]) - mean) * scale;
      if (p.norm.has_gamma) v *= static_cast<double>(gamma[i]);
      if (p.norm.has_beta) v += static_cast<double>(beta[i]);
      const float steps = static_cast<float>(v) * p.inverse;
      const float raised = steps > p.low ? steps : p.low;  // takes what is not a number, too
      const auto number = static_cast<int32_t>(std::nearbyint(std::min(raised, p.high)));
      y[row * length + i] = static_cast<uint8_t>(number + p.offset);
    }
  });
}

constexpr KernelImpl kKernels[] = {
    {"LayerNormQuant", "int8.norm.avx512", Isa::kAvx512, plan, nullptr, int8_norm_run_avx512},
    {"LayerNormQuant", "int8.norm.avx2", Isa::kAvx2, plan, nullptr, int8_norm_run_avx2},
    {"LayerNormQuant", "int8.norm.generic", Isa::kGeneric, plan, nullptr, int8_norm_run_generic},
    {"LayerNormQuant", "layer_norm_quant.ref", Isa::kGeneric, plan, nullptr, run_ref},
};

}  // namespace

std::span<const KernelImpl* const> int8_norm_kernels() {
  static constexpr auto kList = kernel_pointers(kKernels);
  return kList;
}

}  // namespace poacl
