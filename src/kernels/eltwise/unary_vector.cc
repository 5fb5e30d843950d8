#include "kernels/eltwise/unary_vector.h"
#include "kernels/kernel_list.h"

#include <cmath>

namespace poacl {
namespace {

constexpr int64_t kChunk = 16384;

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  UnaryParams p{};
  POACL_RETURN_IF_ERROR(read_unary(op, &p));
  if (p.dtype != DataType::kFloat) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  Layout layout = op.inputs[0].layout;
  const Dims& dims = op.inputs[0].dims;
  if (layout != Layout::kPlain) {
    // Padding channels must stay zero.
    const bool whole = dims.size() >= 2 && dims[1] % block_of(layout) == 0;
    if (!whole && (p.bounds_at_run || evaluate_unary(p, 0.0) != 0.0)) layout = Layout::kPlain;
  }
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = layout;
  plan->output_layouts = {layout};
  p.count = static_cast<int64_t>(storage_bytes({p.dtype, dims, layout}) / sizeof(float));
  p.chunk = kChunk;
  plan->set_params(p);
  plan->in_place = true;
  return {};
}

#define POACL_UNARY(op, stem)                                            \
  {op, stem ".avx512", Isa::kAvx512, plan, nullptr, unary_run_avx512},   \
      {op, stem ".avx2", Isa::kAvx2, plan, nullptr, unary_run_avx2}, {   \
    op, stem ".generic", Isa::kGeneric, plan, nullptr, unary_run_generic \
  }

constexpr KernelImpl kVector[] = {
    POACL_UNARY("Relu", "relu"),
    POACL_UNARY("Relu6", "relu6"),
    POACL_UNARY("ClipByValue", "clip_by_value"),
    POACL_UNARY("LeakyRelu", "leaky_relu"),
    POACL_UNARY("Sigmoid", "sigmoid"),
    POACL_UNARY("Tanh", "tanh"),
    POACL_UNARY("HardSigmoid", "hard_sigmoid"),
    POACL_UNARY("HardSwish", "hard_swish"),
    POACL_UNARY("Swish", "swish"),
    POACL_UNARY("Elu", "elu"),
    POACL_UNARY("Selu", "selu"),
    POACL_UNARY("Softsign", "softsign"),
    POACL_UNARY("Erf", "erf"),
    POACL_UNARY("Gelu", "gelu"),
    POACL_UNARY("GeluV2", "gelu_v2"),
    POACL_UNARY("CeluV2", "celu"),
    POACL_UNARY("Mish", "mish"),
    POACL_UNARY("Sqrt", "sqrt"),
    POACL_UNARY("Rsqrt", "rsqrt"),
    POACL_UNARY("ThresholdedRelu", "thresholded_relu"),
    POACL_UNARY("Floor", "floor"),
    POACL_UNARY("Ceil", "ceil"),
    POACL_UNARY("Round", "round"),
    POACL_UNARY("Exp", "exp"),
    POACL_UNARY("Reciprocal", "reciprocal"),
    POACL_UNARY("Abs", "abs"),
    POACL_UNARY("Neg", "neg"),
};

#undef POACL_UNARY

}  // namespace

std::span<const KernelImpl* const> unary_vector_kernels() {
  static constexpr auto kList = kernel_pointers(kVector);
  return kList;
}

}  // namespace poacl
