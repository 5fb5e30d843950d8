#include <algorithm>

#include <fmt/format.h>

#include "kernels/bf16/bf16_plan.h"
#include "kernels/bf16/bf16_trans_data.h"
#include "kernels/layout/trans_data_geometry.h"

namespace poacl {
namespace {

constexpr int64_t kElements = 32 * 1024;  // of one chunk in the same order
constexpr int64_t kCells = 512;           // of one chunk, times a channel block

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const TransDataGeometry g, trans_data_geometry(op));
  if (!g.src_bf16 && !g.dst_bf16) return declined("nothing in bfloat16");
  POACL_RETURN_IF_ERROR(require_bf16_machine());
  const auto known = [](int64_t block) { return block == 1 || block == 16; };
  if (!known(g.src_block) || !known(g.dst_block) || g.n == 0) {
    return declined(
        fmt::format("{} tensors from blocks of {} to {}", g.n, g.src_block, g.dst_block));
  }
  Bf16TransDataParams p{};
  p.n = g.n, p.c = g.c, p.inner = g.inner;
  p.src_blocked = g.src_block == 16, p.dst_blocked = g.dst_block == 16;
  p.src_bf16 = g.src_bf16, p.dst_bf16 = g.dst_bf16;
  if (p.src_blocked == p.dst_blocked) {
    // One long row.
    const int64_t channels = p.src_blocked ? (p.c + 15) / 16 * 16 : p.c;
    p.inner *= p.n * channels;
    p.n = 1, p.c = 1;
    p.part = kElements;
  } else {
    p.part = kCells;
  }
  plan->set_params(p);
  plan->input_layouts = {static_cast<Layout>(op.attrs->get_int("src_layout"))};
  plan->output_layouts = {static_cast<Layout>(op.attrs->get_int("dst_layout"))};
  return {};
}

}  // namespace

const KernelImpl kTransDataBf16 = {"TransData", "trans_data.bf16",   Isa::kAvx512, plan,
                                   nullptr,     bf16_trans_data_run, true};

}  // namespace poacl
