// Plans of the attention kernels with a lane for each query.
#include "kernels/attention/attention_columns.h"

#include <algorithm>

#include "kernels/bf16/bf16_plan.h"
#include "kernels/kernel_list.h"

namespace poacl {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kTile = 14;
constexpr int64_t kFewQueries = 8;  // leave most lanes idle
constexpr int64_t kMostScratchFloats = int64_t{1} << 29;
constexpr int64_t kChunksPerWorker = 4;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Every query may attend all keys, whatever the mask adds to them is the same for all queries.
Status require_plain(const AttentionParams& p) {
  if (p.dtype != DataType::kFloat) return declined("type double");
  if (p.has_scores) return declined("scores are wanted too");
  if (p.batch * p.heads * p.queries * p.keys * p.depth * p.value_depth == 0) {
    return declined("an empty tensor");
  }
  if (p.causal || p.left >= 0 || p.right >= 0 || p.has_lengths || p.softcap > 0) {
    return declined("causal, a window, lengths or a cap");
  }
  if (p.has_mask && (p.mask_is_bool || p.mask_stride[2] != 0 || p.mask_keys != p.keys)) {
    return declined("a mask of bools, by query or of fewer keys");
  }
  if (p.queries < kFewQueries) return declined("few queries");
  return {};
}

void set_chunks(int64_t workers, AttentionColumnsParams* q) {
  const int64_t panels = ceil_div(q->p.queries, 2 * kLanes);
  const int64_t heads = q->p.batch * q->p.heads;
  q->groups = workers == 1 ? 1 : std::min(panels, ceil_div(workers * kChunksPerWorker, heads));
  const int64_t group_panels = ceil_div(panels, q->groups);
  q->groups = ceil_div(panels, group_panels);
  q->group = group_panels * 2 * kLanes;
}

Status plan_columns(const OpInstance& op, const PlanContext& context, bool pairs,
                    KernelPlan* plan) {
  AttentionColumnsParams q{};
  POACL_RETURN_IF_ERROR(read_attention(op, &q.p));
  const AttentionParams& p = q.p;
  POACL_RETURN_IF_ERROR(require_plain(p));
  q.key_tile = ceil_div(p.keys, ceil_div(p.keys, kTile));
  q.value_tile = ceil_div(p.value_depth, ceil_div(p.value_depth, kTile));
  q.depth_steps = pairs ? ceil_div(p.depth, 2) : p.depth;
  q.key_steps = pairs ? ceil_div(p.keys, 2) : p.keys;
  set_chunks(context.workers, &q);
  int64_t at = 0;
  const auto take = [&](int64_t floats) {
    const int64_t start = at;
    at += ceil_div(floats, kLanes) * kLanes;
    return start;
  };
  take(p.keys * q.depth_steps);
  q.values_at = take(p.value_depth * q.key_steps);
  q.panel_at = take(2 * kLanes * q.depth_steps);
  q.scores_at = take(2 * kLanes * p.keys);
  q.result_at = take(2 * kLanes * p.value_depth);
  q.worker_floats = at;
  if (at > kMostScratchFloats / context.workers) {
    return declined("keys and values that are too large to pack");
  }
  plan->set_params(q);
  plan->scratch_bytes = static_cast<size_t>(context.workers * at) * sizeof(float);
  return {};
}

Status plan_floats(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_columns(op, context, false, plan);
}

Status plan_pairs(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_bf16_products(op));
  return plan_columns(op, context, true, plan);
}

constexpr KernelImpl kColumns[] = {
    {"FusedInferAttentionScore", "attention.columns.bf16", Isa::kAvx512, plan_pairs, nullptr,
     attention_columns_run_bf16},
    {"FusedInferAttentionScore", "attention.columns.avx512", Isa::kAvx512, plan_floats, nullptr,
     attention_columns_run_avx512},
};

}  // namespace

std::span<const KernelImpl* const> attention_columns_kernels() {
  static constexpr auto kList = kernel_pointers(kColumns);
  return kList;
}

}  // namespace poacl
