#include "kernels/resize/resize_image.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "kernels/resize/resize_kernels.h"
#include "kernels/resize/resize_table.h"

namespace poacl {
namespace {

constexpr int64_t kChunksPerWorker = 6;
constexpr int64_t kMostBlockedTaps = 36;  // of a window; beyond, passes over rows are cheaper

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

template <typename T, typename From>
size_t append(const std::vector<From>& values, std::vector<std::byte>* params) {
  const size_t at = (params->size() + 7) / 8 * 8;
  params->resize(at + values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const T value = static_cast<T>(values[i]);
    std::memcpy(params->data() + at + i * sizeof(T), &value, sizeof(T));
  }
  return at;
}

// Everything but `planes` and the layouts.
Status plan_image(const OpInstance& op, ResizeImageParams* p, KernelPlan* plan) {
  if (op.inputs[0].dtype != DataType::kFloat) {
    return declined("tensors of type " + std::string(data_type_name(op.inputs[0].dtype)));
  }
  POACL_ASSIGN_OR_RETURN(const auto tables, resize_tables(op));
  if (tables.size() < 2) return declined("x has less than two dimensions");
  const ResizeTable& rows = tables[tables.size() - 2];
  const ResizeTable& cols = tables.back();
  for (size_t d = 0; d + 2 < tables.size(); ++d) {
    if (!tables[d].identity()) return declined(fmt::format("dimension {} is resized too", d));
  }
  if (!rows.outside.empty() || !cols.outside.empty()) return declined("positions outside of x");
  p->h = rows.in, p->oh = rows.out, p->taps_h = rows.taps;
  p->w = cols.in, p->ow = cols.out, p->taps_w = cols.taps;
  plan->params.resize(sizeof(*p));
  p->first_h = append<int64_t>(rows.first, &plan->params);
  p->first_w = append<int64_t>(cols.first, &plan->params);
  p->weight_h = append<float>(rows.weight, &plan->params);
  p->weight_w = append<float>(cols.weight, &plan->params);
  return {};
}

void finish(const OpInstance& op, const PlanContext& context, Layout layout, ResizeImageParams* p,
            KernelPlan* plan) {
  p->band = p->oh;
  if (context.workers > 1) {
    const int64_t target = context.workers * kChunksPerWorker;
    p->band = ceil_div(p->oh, std::min(p->oh, ceil_div(target, p->planes)));
  }
  std::memcpy(plan->params.data(), p, sizeof(*p));
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = layout;
  plan->output_layouts = {layout};
}

template <int64_t Lanes>
Status plan_blocked(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  const Layout layout = Lanes == 16 ? Layout::kBlocked16 : Layout::kBlocked8;
  if (op.inputs[0].layout != layout || op.inputs[0].dims.size() != 4) {
    return declined("x does not come in blocks of this size");
  }
  ResizeImageParams p{};
  POACL_RETURN_IF_ERROR(plan_image(op, &p, plan));
  if (p.taps_h * p.taps_w > kMostBlockedTaps) {
    return declined(fmt::format("windows of {}x{}", p.taps_h, p.taps_w));
  }
  p.planes = op.inputs[0].dims[0] * ceil_div(op.inputs[0].dims[1], Lanes);
  finish(op, context, layout, &p, plan);
  return {};
}

Status plan_planes(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  ResizeImageParams p{};
  POACL_RETURN_IF_ERROR(plan_image(op, &p, plan));
  p.planes = element_count({op.inputs[0].dims.data(), op.inputs[0].dims.size() - 2});
  finish(op, context, Layout::kPlain, &p, plan);
  // One row of x, summed over the taps of the height, for each worker.
  plan->scratch_bytes = static_cast<size_t>(context.workers * p.w) * sizeof(float);
  return {};
}

}  // namespace

const KernelImpl kResizeBlockedAvx512 = {"Resize",     "resize.blocked.avx512",
                                         Isa::kAvx512, plan_blocked<16>,
                                         nullptr,      resize_blocked_run_avx512};
const KernelImpl kResizeBlockedAvx2 = {
    "Resize", "resize.blocked.avx2", Isa::kAvx2, plan_blocked<8>, nullptr, resize_blocked_run_avx2};
const KernelImpl kResizeBlockedGeneric = {"Resize",      "resize.blocked.generic",
                                          Isa::kGeneric, plan_blocked<8>,
                                          nullptr,       resize_blocked_run_generic};
const KernelImpl kResizePlanesAvx512 = {
    "Resize", "resize.planes.avx512", Isa::kAvx512, plan_planes, nullptr, resize_planes_run_avx512};
const KernelImpl kResizePlanesAvx2 = {"Resize", "resize.planes.avx2",  Isa::kAvx2, plan_planes,
                                      nullptr,  resize_planes_run_avx2};
const KernelImpl kResizePlanesGeneric = {"Resize",      "resize.planes.generic",
                                         Isa::kGeneric, plan_planes,
                                         nullptr,       resize_planes_run_generic};

}  // namespace poacl
