#include "kernels/layout/trans_data_wide.h"

#include <algorithm>

#include <fmt/format.h>

#include "kernels/layout/layout_kernels.h"
#include "kernels/layout/trans_data_geometry.h"

namespace poacl {
namespace {

constexpr int64_t kBlock = 16;
constexpr int64_t kMostCells = 2048;
constexpr int64_t kChunksPerWorker = 4;

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const TransDataGeometry g, trans_data_geometry(op));
  if (!keeps_width(g)) return declined("elements change their width");
  if (g.element != 4 || g.n == 0 || std::min(g.src_block, g.dst_block) != 1 ||
      std::max(g.src_block, g.dst_block) != kBlock) {
    return declined(fmt::format("{}-byte elements from blocks of {} to {}", g.element, g.src_block,
                                g.dst_block));
  }
  TransDataWideParams p{};
  p.n = g.n, p.c = g.c, p.inner = g.inner;
  p.blocks = (g.c + kBlock - 1) / kBlock;
  p.to_blocks = g.src_block == 1;
  p.part_cells = kMostCells;
  const int64_t wanted = context.workers == 1 ? 1 : context.workers * kChunksPerWorker;
  while (p.part_cells > 64 &&
         g.n * p.blocks * ((g.inner + p.part_cells - 1) / p.part_cells) < wanted) {
    p.part_cells /= 2;
  }
  plan->set_params(p);
  plan->input_layouts = {static_cast<Layout>(op.attrs->get_int("src_layout"))};
  plan->output_layouts = {static_cast<Layout>(op.attrs->get_int("dst_layout"))};
  return {};
}

}  // namespace

const KernelImpl kTransDataWideAvx512 = {"TransData", "trans_data.wide.avx512",  Isa::kAvx512, plan,
                                         nullptr,     trans_data_wide_run_avx512};

}  // namespace poacl
