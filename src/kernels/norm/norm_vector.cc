// Plans of the vector kernels of softmax and batch normalisation.
#include <cmath>

#include "kernels/kernel_list.h"
#include "kernels/norm/norm_kernels.h"

namespace poacl {
namespace {

Status plan_softmax(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& dims = op.inputs[0].dims;
  if (op.inputs[0].dtype != DataType::kFloat) {
    return declined("type " + std::string(data_type_name(op.inputs[0].dtype)));
  }
  const int64_t rank = static_cast<int64_t>(dims.size());
  std::vector<bool> reduced(dims.size(), false);
  for (int64_t axis : op.attrs->get_ints("axes", {-1})) {
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return declined("axes out of range");
    reduced[static_cast<size_t>(axis)] = true;
  }
  SoftmaxParams p{1, 1, 1, op.type == "LogSoftmaxV2"};
  int stage = 0;  // before, within, after the axes; dimensions of 1 belong anywhere
  for (size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] == 1) continue;
    if (reduced[d]) {
      if (stage == 2) return declined("axes that are not neighbours");
      stage = 1;
      p.length *= dims[d];
    } else {
      if (stage == 1) stage = 2;
      (stage == 0 ? p.outer : p.inner) *= dims[d];
    }
  }
  plan->set_params(p);
  plan->in_place = true;
  return {};
}

bool all_constant(const OpInstance& op) {
  for (size_t i = 1; i < 5; ++i) {
    if (op.constants[i] == nullptr) return false;
  }
  return true;
}

// `lanes`: the vector's width.
Status plan_batch_norm(const OpInstance& op, KernelPlan* plan, int lanes) {
  BatchNormParams p{};
  POACL_RETURN_IF_ERROR(read_batch_norm(op, &p));
  if (p.dtype != DataType::kFloat) return declined("type double");
  if (!all_constant(op)) return declined("parameters that are not constant");
  const Layout layout = op.inputs[0].layout;
  p.block = block_of(layout);
  if (p.block > 1 && p.block % lanes != 0) return declined("blocks narrower than the vector");
  p.rows = (p.channels + p.block - 1) / p.block;
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = layout;
  plan->output_layouts = {layout};
  plan->packed.push_back({1, 2 * static_cast<size_t>(p.rows * p.block) * sizeof(float)});
  plan->in_place = true;
  plan->set_params(p);
  return {};
}

Status plan_batch_norm_16(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  return plan_batch_norm(op, plan, 16);
}

Status plan_batch_norm_8(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  return plan_batch_norm(op, plan, 8);
}

// All factors, then all offsets; zero for padding channels, as the buffer comes.
void pack_batch_norm(const OpInstance& op, const KernelPlan& plan, int, void* dst) {
  const auto& p = plan.get_params<BatchNormParams>();
  const auto value = [&](size_t input, int64_t c) {
    return static_cast<double>(op.constants[input]->as<float>()[static_cast<size_t>(c)]);
  };
  float* factor = static_cast<float*>(dst);
  float* offset = factor + p.rows * p.block;
  for (int64_t c = 0; c < p.channels; ++c) {
    const double scale = value(1, c) / std::sqrt(value(4, c) + p.epsilon);
    factor[c] = static_cast<float>(scale);
    offset[c] = static_cast<float>(value(2, c) - value(3, c) * scale);
  }
}

constexpr KernelImpl kVector[] = {
    {"SoftmaxV2", "softmax.rows.avx512", Isa::kAvx512, plan_softmax, nullptr, softmax_run_avx512},
    {"SoftmaxV2", "softmax.rows.avx2", Isa::kAvx2, plan_softmax, nullptr, softmax_run_avx2},
    {"SoftmaxV2", "softmax.rows.generic", Isa::kGeneric, plan_softmax, nullptr,
     softmax_run_generic},
    {"LogSoftmaxV2", "log_softmax.rows.avx512", Isa::kAvx512, plan_softmax, nullptr,
     softmax_run_avx512},
    {"LogSoftmaxV2", "log_softmax.rows.avx2", Isa::kAvx2, plan_softmax, nullptr, softmax_run_avx2},
    {"LogSoftmaxV2", "log_softmax.rows.generic", Isa::kGeneric, plan_softmax, nullptr,
     softmax_run_generic},
    {"BatchNorm", "batch_norm.avx512", Isa::kAvx512, plan_batch_norm_16, pack_batch_norm,
     batch_norm_run_avx512},
    {"BatchNorm", "batch_norm.avx2", Isa::kAvx2, plan_batch_norm_8, pack_batch_norm,
     batch_norm_run_avx2},
    {"BatchNorm", "batch_norm.generic", Isa::kGeneric, plan_batch_norm_8, pack_batch_norm,
     batch_norm_run_generic},
};

}  // namespace

std::span<const KernelImpl* const> norm_vector_kernels() {
  static constexpr auto kList = kernel_pointers(kVector);
  return kList;
}

}  // namespace poacl
