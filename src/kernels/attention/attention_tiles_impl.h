// The code of attention_tiles.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/attention/attention_tiles.h"
#include "kernels/matmul/gemm_impl.h"
#include "kernels/simd/vec_rows.h"

namespace poacl::POACL_SIMD {

constexpr float kNoScore = -__builtin_inff();

// All keys and values, as panels of columns.
static void attention_pack(const AttentionTilesParams& q, const KernelArgs& args, float* scratch) {
  const AttentionParams& p = q.p;
  const auto* keys = static_cast<const float*>(args.inputs[1]);
  const auto* values = static_cast<const float*>(args.inputs[2]);
  const int64_t key_panels = (p.keys + 2 * kLanes - 1) / (2 * kLanes);
  const int64_t value_panels = (p.value_depth + 2 * kLanes - 1) / (2 * kLanes);
  (*args.parallel)(p.batch * p.kv_heads * (key_panels + value_panels), [&](int64_t job, int) {
    const int64_t head = job / (key_panels + value_panels);
    const int64_t panel = job % (key_panels + value_panels);
    if (panel < key_panels) {
      const int64_t first = panel * 2 * kLanes;
      const int64_t width = panel_width(p.keys, first, kLanes);
      FloatProducts::pack(keys + head / p.kv_heads * p.key_at.batch +
                              head % p.kv_heads * p.key_at.head + first * p.key_at.row,
                          p.key_at.row, 1, gemm_min(width, p.keys - first), width, p.depth,
                          scratch + q.keys_at + (head * q.padded_keys + first) * p.depth);
    } else {
      const int64_t first = (panel - key_panels) * 2 * kLanes;
      const int64_t width = panel_width(p.value_depth, first, kLanes);
      FloatProducts::pack(values + head / p.kv_heads * p.value_at.batch +
                              head % p.kv_heads * p.value_at.head + first,
                          1, p.value_at.row, gemm_min(width, p.value_depth - first), width, p.keys,
                          scratch + q.values_at + (head * q.padded_depth + first) * p.keys);
    }
  });
}

// scores [first, last) of one query: cap and mask, in place.
static void attention_mask_row(const AttentionParams& p, const void* mask, int64_t row,
                               int64_t first, int64_t last, float* scores) {
  if (p.softcap > 0) {
    const Vec cap = vset1(p.softcap);
    const Vec inverse = vset1(1.0f / p.softcap);
    int64_t j = first;
    for (; j < last; j += kLanes) {
      const int64_t count = last - j;
      const bool whole = count >= kLanes;
      const Vec x = whole ? vload(scores + j) : vload_some(scores + j, count, 0.0f);
      const Vec y = vmul(vtanh(vmul(x, inverse)), cap);
      if (whole) {
        vstore(scores + j, y);
      } else {
        vstore_some(scores + j, y, count);
      }
    }
  }
  if (!p.has_mask) return;
  const int64_t step = p.mask_stride[3];
  const int64_t end = p.mask_keys < last ? p.mask_keys : last;
  if (p.mask_is_bool) {
    const auto* allowed = static_cast<const uint8_t*>(mask) + row;
    for (int64_t j = first; j < end; ++j) {
      if (allowed[j * step] == 0) scores[j] = kNoScore;
    }
  } else {
    const auto* bias = static_cast<const float*>(mask) + row;
    for (int64_t j = first; j < end; ++j) scores[j] += bias[j * step];
  }
  for (int64_t j = end > first ? end : first; j < last; ++j) scores[j] = kNoScore;
}

// e^(score - most) in place over [first, last); their sum.
static float attention_exp_row(int64_t first, int64_t last, float* scores) {
  Vec most_lanes = vset1(kNoScore);
  int64_t j = first;
  for (; j + kLanes <= last; j += kLanes) most_lanes = vat_least(vload(scores + j), most_lanes);
  if (j < last) most_lanes = vat_least(vload_some(scores + j, last - j, kNoScore), most_lanes);
  const float most = most_lane(most_lanes);
  if (most == kNoScore) {
    for (j = first; j < last; ++j) scores[j] = 0.0f;
    return 0.0f;
  }
  const Vec shift = vset1(most);
  Vec sums = vzero();
  for (j = first; j + kLanes <= last; j += kLanes) {
    const Vec e = vexp_full(vsub(vload(scores + j), shift));
    vstore(scores + j, e);
    sums = vadd(sums, e);
  }
  float sum = sum_lanes(sums);
  if (j < last) {
    vstore_some(scores + j, vexp_full(vsub(vload_some(scores + j, last - j, most), shift)),
                last - j);
    for (; j < last; ++j) sum += scores[j];
  }
  return sum;
}

// One tile of queries of one head.
static void attention_tile(const AttentionTilesParams& q, const KernelArgs& args, float* scratch,
                           int64_t head, int64_t first_query, float* own) {
  const AttentionParams& p = q.p;
  const int64_t b = head / p.heads;
  const int64_t kv = b * p.kv_heads + p.kv_head(head % p.heads);
  const int64_t rows = gemm_min(q.tile, p.queries - first_query);
  const auto* query = static_cast<const float*>(args.inputs[0]) + b * p.query_at.batch +
                      head % p.heads * p.query_at.head + first_query * p.query_at.row;
  for (int64_t d = 0; d < p.depth; ++d) {
    for (int64_t r = 0; r < rows; ++r) own[d * rows + r] = query[r * p.query_at.row + d] * p.scale;
  }
  const void* lengths = p.has_lengths ? args.inputs[4] : nullptr;
  const int64_t offset = p.offset(lengths, b);
  const int64_t length = p.length(lengths, b);
  int64_t begin[kTile], end[kTile];
  int64_t least = p.keys;
  int64_t most = 0;
  for (int64_t r = 0; r < rows; ++r) {
    p.reach(offset, length, first_query + r, &begin[r], &end[r]);
    if (begin[r] >= end[r]) continue;
    least = begin[r] < least ? begin[r] : least;
    most = end[r] > most ? end[r] : most;
  }
  if (least > most) least = most;
  const int64_t panel = 2 * kLanes;
  float* scores = own + q.scores_at;
  const float* keys = scratch + q.keys_at + kv * q.padded_keys * p.depth;
  for (int64_t first = least / panel * panel; first < most; first += panel) {
    const bool pair = panel_width(p.keys, first, kLanes) == panel;
    find_gemm_tile<FloatProducts>(rows, pair)(
        p.depth, own, keys + first * p.depth,
        GemmTarget{nullptr, nullptr, 0, scores + first, q.padded_keys, kNoScore, -kNoScore});
  }
  float* weights = own + q.weights_at;
  float inverse[kTile];
  for (int64_t r = 0; r < rows; ++r) {
    float* row = scores + r * q.padded_keys;
    const int64_t mask_row = p.mask_row(b, head % p.heads, first_query + r);
    attention_mask_row(p, p.has_mask ? args.inputs[3] : nullptr, mask_row, begin[r], end[r], row);
    const float sum = begin[r] < end[r] ? attention_exp_row(begin[r], end[r], row) : 0.0f;
    inverse[r] = sum == 0.0f ? 0.0f : 1.0f / sum;
    for (int64_t j = least; j < most; ++j) {
      weights[(j - least) * rows + r] = j < begin[r] || j >= end[r] ? 0.0f : row[j];
    }
  }
  float* result = own + q.result_at;
  const float* values = scratch + q.values_at + kv * q.padded_depth * p.keys;
  for (int64_t first = 0; first < p.value_depth; first += panel) {
    const int64_t width = panel_width(p.value_depth, first, kLanes);
    find_gemm_tile<FloatProducts>(rows, width == panel)(
        most - least, weights, values + first * p.keys + least * width,
        GemmTarget{nullptr, nullptr, 0, result + first, q.padded_depth, kNoScore, -kNoScore});
  }
  auto* y = static_cast<float*>(args.outputs[0]) + b * p.result_at.batch +
            head % p.heads * p.result_at.head + first_query * p.result_at.row;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t d = 0; d < p.value_depth; ++d) {
      y[r * p.result_at.row + d] = result[r * q.padded_depth + d] * inverse[r];
    }
  }
}

static void attention_tiles_run(const KernelArgs& args) {
  const auto& q = *static_cast<const AttentionTilesParams*>(args.params);
  auto* scratch = reinterpret_cast<float*>(args.scratch);
  attention_pack(q, args, scratch);
  const int64_t tiles = (q.p.queries + q.tile - 1) / q.tile;
  (*args.parallel)(q.p.batch * q.p.heads * tiles, [&](int64_t chunk, int worker) {
    attention_tile(q, args, scratch, chunk / tiles, chunk % tiles * q.tile,
                   scratch + q.worker_at + worker * q.worker_floats);
  });
}

}  // namespace poacl::POACL_SIMD
