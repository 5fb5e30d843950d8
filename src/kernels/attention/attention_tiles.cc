// Plans of the tiled attention kernels.
#include "kernels/attention/attention_tiles.h"
#include "kernels/kernel_list.h"
#include "kernels/simd/generic_tile.h"

#include <algorithm>

namespace poacl {
namespace {

constexpr int64_t kMostScratchFloats = int64_t{1} << 29;

template <int64_t Lanes, int64_t Tile>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  AttentionTilesParams q{};
  POACL_RETURN_IF_ERROR(read_attention(op, &q.p));
  const AttentionParams& p = q.p;
  if (p.dtype != DataType::kFloat) return declined("type double");
  if (p.has_scores) return declined("scores are wanted too");
  if (p.batch * p.heads * p.queries * p.keys * p.depth * p.value_depth == 0) {
    return declined("an empty tensor");
  }
  const auto padded = [](int64_t n) { return (n + Lanes - 1) / Lanes * Lanes; };
  q.tile = std::min(Tile, p.queries);
  q.padded_keys = padded(p.keys);
  q.padded_depth = padded(p.value_depth);
  int64_t at = 0;
  const auto take = [&](int64_t floats) {
    const int64_t start = at;
    at += (floats + 15) / 16 * 16;
    return start;
  };
  q.keys_at = take(p.batch * p.kv_heads * q.padded_keys * p.depth);
  q.values_at = take(p.batch * p.kv_heads * p.keys * q.padded_depth);
  q.worker_at = at;
  at = 0;
  take(q.tile * p.depth);
  q.scores_at = take(q.tile * q.padded_keys);
  q.weights_at = take(q.tile * p.keys);
  q.result_at = take(q.tile * q.padded_depth);
  q.worker_floats = at;
  const int64_t total = q.worker_at + context.workers * q.worker_floats;
  if (total > kMostScratchFloats) return declined("keys and values that are too large to pack");
  plan->set_params(q);
  plan->scratch_bytes = static_cast<size_t>(total) * sizeof(float);
  return {};
}

constexpr KernelImpl kTiles[] = {
    {"FusedInferAttentionScore", "attention.tiles.avx512", Isa::kAvx512, plan<16, 14>, nullptr,
     attention_tiles_run_avx512},
    {"FusedInferAttentionScore", "attention.tiles.avx2", Isa::kAvx2, plan<8, 6>, nullptr,
     attention_tiles_run_avx2},
    {"FusedInferAttentionScore", "attention.tiles.generic", Isa::kGeneric, plan<8, kGenericTile>,
     nullptr, attention_tiles_run_generic},
};

}  // namespace

std::span<const KernelImpl* const> attention_tiles_kernels() {
  static constexpr auto kList = kernel_pointers(kTiles);
  return kList;
}

}  // namespace poacl
