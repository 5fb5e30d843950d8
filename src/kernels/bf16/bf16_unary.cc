#include <algorithm>

#include "kernels/bf16/bf16_eltwise.h"
#include "kernels/bf16/bf16_plan.h"
#include "kernels/bf16/bf16_rows.h"
#include "kernels/eltwise/unary_vector.h"
#include "kernels/kernel_list.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 4096;  // elements; as floats a third of the first cache

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  if (op.inputs.empty() || !is_bf16(op.inputs[0].layout)) {
    return declined("x does not come in bfloat16");
  }
  POACL_RETURN_IF_ERROR(require_bf16_machine());
  UnaryParams p{};
  POACL_RETURN_IF_ERROR(read_unary(op, &p));
  Layout layout = op.inputs[0].layout;
  const Dims& dims = op.inputs[0].dims;
  // Padding channels must stay zero.
  const bool whole = layout == Layout::kPlainBf16 || (dims.size() >= 2 && dims[1] % 16 == 0);
  if (!whole && (p.bounds_at_run || evaluate_unary(p, 0.0) != 0.0)) layout = Layout::kPlainBf16;
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = layout;
  plan->output_layouts = {layout};
  p.count = static_cast<int64_t>(storage_bytes({p.dtype, dims, layout}) / sizeof(uint16_t));
  p.chunk = kChunk;
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(context.workers) * kChunk * sizeof(float);
  plan->in_place = true;
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<UnaryParams>();
  const auto* x = static_cast<const uint16_t*>(args.inputs[0]);
  auto* y = static_cast<uint16_t*>(args.outputs[0]);
  (*args.parallel)((p.count + kChunk - 1) / kChunk, [&](int64_t chunk, int worker) {
    const int64_t begin = chunk * kChunk;
    UnaryParams part = p;
    part.count = std::min(kChunk, p.count - begin);
    auto* values = reinterpret_cast<float*>(args.scratch) + worker * kChunk;
    bf16_widen_row(x + begin, part.count, values);
    const void* inputs[] = {values, p.has_low ? args.inputs[1] : nullptr,
                            p.has_high ? args.inputs[2] : nullptr};
    void* outputs[] = {values};
    SerialFor serial;
    unary_run_avx512({&part, inputs, outputs, nullptr, &serial});
    bf16_round_row(values, part.count, y + begin);
  });
}

constexpr KernelImpl unary(const char* op, const char* name) {
  return {op, name, Isa::kAvx512, plan, nullptr, run, true};
}

constexpr KernelImpl kUnary[] = {
    unary("Relu", "relu.bf16"),
    unary("Relu6", "relu6.bf16"),
    unary("ClipByValue", "clip_by_value.bf16"),
    unary("LeakyRelu", "leaky_relu.bf16"),
    unary("Sigmoid", "sigmoid.bf16"),
    unary("Tanh", "tanh.bf16"),
    unary("HardSigmoid", "hard_sigmoid.bf16"),
    unary("HardSwish", "hard_swish.bf16"),
    unary("Swish", "swish.bf16"),
    unary("Elu", "elu.bf16"),
    unary("Selu", "selu.bf16"),
    unary("Gelu", "gelu.bf16"),
    unary("GeluV2", "gelu_v2.bf16"),
    unary("Mish", "mish.bf16"),
};

}  // namespace

std::span<const KernelImpl* const> bf16_unary_kernels() {
  static constexpr auto kList = kernel_pointers(kUnary);
  return kList;
}

}  // namespace poacl
