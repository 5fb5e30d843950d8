#include <fmt/format.h>

#include "base/isa.h"
#include "kernels/int8/int8_eltwise.h"

namespace poacl {
namespace {

constexpr int64_t kLanes = 16;

int64_t blocks_of(int64_t channels) {
  return (channels + kLanes - 1) / kLanes;
}

Status require_vnni() {
  if (cpu_has_vnni()) return {};
  return declined("the CPU has no AVX-512 VNNI and VBMI");
}

// Order is worth changing for what computes much, not for a pool.
Status require_blocks(const OpInstance& op) {
  if (op.inputs[0].layout == Layout::kBlocked16) return {};
  return declined("x does not come in blocks of 16 channels");
}

Status plan_add(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_vnni());
  Int8AddParams p{};
  POACL_RETURN_IF_ERROR(read_quant_add(op, &p.sum));
  const Dims& dims = op.outputs[0].dims;
  const bool blocked = dims.size() == 4 && (op.inputs[0].layout == Layout::kBlocked16 ||
                                            op.inputs[1].layout == Layout::kBlocked16);
  if (blocked) {
    p.blocks = blocks_of(dims[1]);
    p.planes = dims[0] * p.blocks;
    p.bytes = dims[2] * dims[3] * kLanes;
    p.tail = dims[1] - (p.blocks - 1) * kLanes;
  } else {
    p.planes = p.blocks = 1;
    p.bytes = p.sum.count;
    p.tail = kLanes;
  }
  const Layout layout = blocked ? Layout::kBlocked16 : Layout::kPlain;
  plan->input_layouts = {layout, layout};
  plan->output_layouts = {layout};
  plan->in_place = true;
  plan->set_params(p);
  return {};
}

Status plan_pool(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_vnni());
  Int8PoolParams p{};
  POACL_RETURN_IF_ERROR(read_quant_pool(op, &p.mean));
  POACL_RETURN_IF_ERROR(require_blocks(op));
  constexpr int64_t kMostCells = 1 << 20;  // so that sums of centred numbers are an int32
  if (op.inputs[0].dims.size() != 4 || p.mean.area > kMostCells) {
    return declined(fmt::format("x is {}", dims_to_string(op.inputs[0].dims)));
  }
  p.blocks = blocks_of(p.mean.channels);
  p.planes = op.inputs[0].dims[0] * p.blocks;
  p.tail = p.mean.channels - (p.blocks - 1) * kLanes;
  plan->input_layouts = {Layout::kBlocked16};
  plan->set_params(p);
  return {};
}

Status plan_max_pool(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_vnni());
  POACL_ASSIGN_OR_RETURN(const PoolGeometry g, pool_geometry(op));
  POACL_RETURN_IF_ERROR(require_blocks(op));
  if (g.average || (g.dtype != DataType::kInt8 && g.dtype != DataType::kUint8)) {
    return declined(fmt::format("averages, or tensors of type {}", data_type_name(g.dtype)));
  }
  if (g.n * g.c * g.oh * g.ow == 0) return declined("y is empty");
  plan->input_layouts = plan->output_layouts = {Layout::kBlocked16};
  plan->scratch_bytes = static_cast<size_t>(context.workers * g.w * kLanes);
  plan->set_params(Int8MaxPoolParams{g, g.n * blocks_of(g.c)});
  return {};
}

}  // namespace

const KernelImpl kInt8AddVnni = {"QuantAdd", "int8.add.vnni", Isa::kAvx512,
                                 plan_add,   nullptr,         int8_add_run_vnni};
const KernelImpl kInt8PoolVnni = {
    "QuantGlobalAveragePool", "int8.global_pool.vnni", Isa::kAvx512, plan_pool, nullptr,
    int8_pool_run_vnni};
const KernelImpl kInt8MaxPoolVnni = {"MaxPoolV3",  "int8.max_pool.vnni",
                                     Isa::kAvx512, plan_max_pool,
                                     nullptr,      int8_max_pool_run_vnni};

}  // namespace poacl
