#include "kernels/pool/pool_blocked.h"

#include <algorithm>

#include <fmt/format.h>

#include "kernels/pool/pool_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kChunksPerWorker = 6;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Every window holds at least one cell of the image.
bool windows_touch(const PoolGeometry& g) {
  return g.dh == 1 && g.dw == 1 && g.pt < g.kh && g.pl < g.kw && (g.oh - 1) * g.sh - g.pt < g.h &&
         (g.ow - 1) * g.sw - g.pl < g.w;
}

template <int64_t Lanes>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_pool_blocked(op, context, Lanes, plan);
}

}  // namespace

Status plan_pool_blocked(const OpInstance& op, const PlanContext& context, int64_t lanes,
                         KernelPlan* plan) {
  PoolBlockedParams p{};
  POACL_ASSIGN_OR_RETURN(p.g, pool_geometry(op));
  const PoolGeometry& g = p.g;
  if (g.dtype != DataType::kFloat) {
    return declined(fmt::format("tensors of type {}, float wanted", data_type_name(g.dtype)));
  }
  if (g.n * g.c * g.h * g.w == 0 || g.oh * g.ow == 0) return declined("x or y is empty");
  if (!windows_touch(g)) {
    return declined(
        fmt::format("windows {}x{} of pads {},{},{},{} and dilations {}x{} may hold "
                    "padding only",
                    g.kh, g.kw, g.pt, g.pb, g.pl, g.pr, g.dh, g.dw));
  }
  p.blocks = ceil_div(g.c, lanes);
  p.tail = g.c - (p.blocks - 1) * lanes;
  p.global = g.global();
  p.band = g.oh;
  if (context.workers > 1) {
    const int64_t target = context.workers * kChunksPerWorker;
    p.band = ceil_div(g.oh, std::min(g.oh, ceil_div(target, g.n * p.blocks)));
  }
  plan->set_params(p);
  const Layout blocked = lanes == 16 ? Layout::kBlocked16 : Layout::kBlocked8;
  plan->input_layouts = {blocked};
  plan->output_layouts = {p.global ? Layout::kPlain : blocked};
  return {};
}

const KernelImpl kMaxPoolAvx512 = {"MaxPoolV3", "max_pool.blocked.avx512", Isa::kAvx512, plan<16>,
                                   nullptr,     pool_blocked_run_avx512};
const KernelImpl kMaxPoolAvx2 = {"MaxPoolV3", "max_pool.blocked.avx2", Isa::kAvx2, plan<8>,
                                 nullptr,     pool_blocked_run_avx2};
const KernelImpl kMaxPoolGeneric = {"MaxPoolV3", "max_pool.blocked.generic", Isa::kGeneric, plan<8>,
                                    nullptr,     pool_blocked_run_generic};
const KernelImpl kAvgPoolAvx512 = {"AvgPoolV2", "avg_pool.blocked.avx512", Isa::kAvx512, plan<16>,
                                   nullptr,     pool_blocked_run_avx512};
const KernelImpl kAvgPoolAvx2 = {"AvgPoolV2", "avg_pool.blocked.avx2", Isa::kAvx2, plan<8>,
                                 nullptr,     pool_blocked_run_avx2};
const KernelImpl kAvgPoolGeneric = {"AvgPoolV2", "avg_pool.blocked.generic", Isa::kGeneric, plan<8>,
                                    nullptr,     pool_blocked_run_generic};
const KernelImpl kGlobalAvgPoolAvx512 = {
    "GlobalAveragePool",    "global_avg_pool.blocked.avx512", Isa::kAvx512, plan<16>, nullptr,
    pool_blocked_run_avx512};
const KernelImpl kGlobalAvgPoolAvx2 = {
    "GlobalAveragePool",  "global_avg_pool.blocked.avx2", Isa::kAvx2, plan<8>, nullptr,
    pool_blocked_run_avx2};
const KernelImpl kGlobalAvgPoolGeneric = {
    "GlobalAveragePool",     "global_avg_pool.blocked.generic", Isa::kGeneric, plan<8>, nullptr,
    pool_blocked_run_generic};

}  // namespace poacl
