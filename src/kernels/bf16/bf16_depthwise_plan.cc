#include "kernels/bf16/bf16_depthwise.h"
#include "kernels/bf16/bf16_plan.h"

namespace poacl {
namespace {

constexpr int64_t kRowTile = 14;
constexpr int64_t kPairTile = 10;

// Columns of a tile of two rows: a divisor of the width when there is one that is not small.
int64_t pair_columns(int64_t width) {
  for (int64_t columns = kPairTile; columns > kPairTile / 2; --columns) {
    if (width % columns == 0) return columns;
  }
  const int64_t tiles = (width + kPairTile - 1) / kPairTile;
  return (width + tiles - 1) / tiles;
}

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_bf16_products(op));
  POACL_RETURN_IF_ERROR(plan_depthwise(op, context, 16, kRowTile, plan));
  Bf16DepthwiseParams p{plan->get_params<ConvDepthwiseParams>(), false, false};
  p.special = p.conv.clear_tail || p.conv.activation.kind != ActivationKind::kNone;
  p.pairs = p.conv.tile != 0 && p.conv.kh == 3 && p.conv.kw == 3 && p.conv.dh == 1 &&
            p.conv.sh == p.conv.sw && p.conv.oh > 1;
  if (p.pairs) {
    p.conv.tile = pair_columns(p.conv.ow);
    p.conv.band += p.conv.band % 2;
  }
  plan->set_params(p);
  for (Layout& layout : plan->input_layouts) {
    if (layout == Layout::kBlocked16) layout = Layout::kBlocked16Bf16;
  }
  plan->output_layouts = {Layout::kBlocked16Bf16};
  return {};
}

void pack(const OpInstance& op, const KernelPlan&, int input, void* dst) {
  pack_depthwise(op, 16, input, dst);
}

}  // namespace

const KernelImpl kConv2dDepthwiseBf16 = {"Conv2D", "conv2d.depthwise.bf16", Isa::kAvx512, plan,
                                         pack,     bf16_depthwise_run,      true};

}  // namespace poacl
