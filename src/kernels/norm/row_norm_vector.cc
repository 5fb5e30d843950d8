// Plans of the vector kernel of the row normalisations.
#include "kernels/kernel_list.h"
#include "kernels/norm/row_norm.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  RowNormParams p{};
  POACL_RETURN_IF_ERROR(read_row_norm(op, &p));
  if (p.dtype != DataType::kFloat) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (p.rows * p.length == 0) return declined("x is empty");
  plan->set_params(p);
  plan->in_place = true;
  return {};
}

constexpr KernelImpl kVector[] = {
    {"LayerNormV3", "layer_norm.rows.avx512", Isa::kAvx512, plan, nullptr, row_norm_run_avx512},
    {"LayerNormV3", "layer_norm.rows.avx2", Isa::kAvx2, plan, nullptr, row_norm_run_avx2},
    {"LayerNormV3", "layer_norm.rows.generic", Isa::kGeneric, plan, nullptr, row_norm_run_generic},
    {"RmsNorm", "rms_norm.rows.avx512", Isa::kAvx512, plan, nullptr, row_norm_run_avx512},
    {"RmsNorm", "rms_norm.rows.avx2", Isa::kAvx2, plan, nullptr, row_norm_run_avx2},
    {"RmsNorm", "rms_norm.rows.generic", Isa::kGeneric, plan, nullptr, row_norm_run_generic},
    {"GroupNorm", "group_norm.rows.avx512", Isa::kAvx512, plan, nullptr, row_norm_run_avx512},
    {"GroupNorm", "group_norm.rows.avx2", Isa::kAvx2, plan, nullptr, row_norm_run_avx2},
    {"GroupNorm", "group_norm.rows.generic", Isa::kGeneric, plan, nullptr, row_norm_run_generic},
    {"InstanceNorm", "instance_norm.rows.avx512", Isa::kAvx512, plan, nullptr, row_norm_run_avx512},
    {"InstanceNorm", "instance_norm.rows.avx2", Isa::kAvx2, plan, nullptr, row_norm_run_avx2},
    {"InstanceNorm", "instance_norm.rows.generic", Isa::kGeneric, plan, nullptr,
     row_norm_run_generic},
};

}  // namespace

std::span<const KernelImpl* const> row_norm_vector_kernels() {
  static constexpr auto kList = kernel_pointers(kVector);
  return kList;
}

}  // namespace poacl
