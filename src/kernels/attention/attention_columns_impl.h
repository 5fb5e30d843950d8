// The code of attention_columns.h, in the namespace of the including unit's ISA and for one kind of
// products: include after a header gemm_products*.h of AVX-512.
#pragma once

#include "kernels/attention/attention_columns.h"
#include "kernels/matmul/gemm_impl.h"

namespace poacl::POACL_SIMD {

constexpr float kColumnsInfinity = __builtin_inff();

// Scores of G vectors of queries, scaled and masked, in a loop over keys.
template <int G>
struct ColumnScores {
  const float* scores;
  const float* mask;  // may be null
  int64_t mask_step;
  Vec scale;

  __attribute__((always_inline)) void load(int64_t key, Vec* s) const {
    const Vec bias = mask == nullptr ? vzero() : vset1(mask[key * mask_step]);
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      s[g] = vfma(vload(scores + (key * G + g) * kLanes), scale, bias);
    }
  }
};

// e^x for x <= 0, zero where that is no normal number.
POACL_INLINE Vec vexp_share(Vec x) {
  return vselect_negative(vadd(x, vset1(87.0f)), vzero(), vexp(x));
}

// Softmax over the keys without the division, as the words of `Products`, in place; 1 / sum of
// each query, zero where every score is minus infinity.
template <class Products, int G>
void columns_softmax(int64_t keys, const ColumnScores<G>& from, float* words, float* inverse) {
  Vec most[G], sum[G];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) most[g] = vset1(-3.402823466e38f), sum[g] = vzero();
  for (int64_t key = 0; key < keys; ++key) {
    Vec s[G];
    from.load(key, s);
    POACL_UNROLL
    for (int g = 0; g < G; ++g) most[g] = vat_least(s[g], most[g]);
  }
  for (int64_t key = 0; key < keys; key += Products::kGroup, words += G * kLanes) {
    Vec e[2][G];
    POACL_UNROLL
    for (int i = 0; i < Products::kGroup; ++i) {
      POACL_UNROLL
      for (int g = 0; g < G; ++g) e[i][g] = vzero();
      if (key + i >= keys) continue;
      from.load(key + i, e[i]);
      POACL_UNROLL
      for (int g = 0; g < G; ++g) {
        e[i][g] = vexp_share(vsub(e[i][g], most[g]));
        sum[g] = vadd(sum[g], e[i][g]);
      }
    }
    POACL_UNROLL
    for (int g = 0; g < G; ++g) vstore(words + g * kLanes, Products::word(e[0][g], e[1][g]));
  }
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    float lanes[kLanes];
    vstore(lanes, sum[g]);
    for (int i = 0; i < kLanes; ++i)
      inverse[g * kLanes + i] = lanes[i] == 0.0f ? 0.0f : 1.0f / lanes[i];
  }
}

// [value_depth][G vectors of queries] times a number of each query to rows of y.
template <int G>
void columns_store(const float* result, const float* inverse, int64_t depth, int64_t queries,
                   int64_t step, float* y) {
  for (int g = 0; g < G; ++g) {
    const Vec factor = vload(inverse + g * kLanes);
    for (int64_t d = 0; d < depth; d += kLanes) {
      const __mmask16 stored = lanes_below(depth - d);
      __m512i r[kLanes];
      POACL_UNROLL
      for (int i = 0; i < kLanes; ++i) {
        r[i] = d + i < depth
                   ? _mm512_castps_si512(vmul(vload(result + ((d + i) * G + g) * kLanes), factor))
                   : _mm512_setzero_si512();
      }
      transpose_words(r);
      POACL_UNROLL
      for (int i = 0; i < kLanes; ++i) {
        const int64_t query = g * kLanes + i;
        if (query < queries) _mm512_mask_storeu_epi32(y + query * step + d, stored, r[i]);
      }
    }
  }
}

// Rows of the head that comes next, brought into the second-level cache a few at a time: as heads
// lie side by side in a row, no hardware foresees them.
struct ColumnsAhead {
  const float* rows[3];
  int64_t step[3], width[3], count[3];
  int64_t share;  // rows at a time
  int tensor;
  int64_t row;

  void advance() {
    for (int64_t i = 0; i < share && tensor < 3; ++i) {
      const float* at = rows[tensor] + row * step[tensor];
      for (int64_t w = 0; w < width[tensor]; w += 16) __builtin_prefetch(at + w, 0, 2);
      if (++row < count[tensor]) continue;
      row = 0;
      ++tensor;
    }
  }
};

// Operands of the chunk that the worker's scratch holds.
struct ColumnsHead {
  const float* query;
  const float* mask;
  int64_t mask_step;
  float* y;
  float* own;
  ColumnsAhead* ahead;
};

template <class Products, int G>
void columns_panel(const AttentionColumnsParams& q, const ColumnsHead& h, int64_t first) {
  const AttentionParams& p = q.p;
  const int64_t width = G * kLanes;
  const int64_t queries = gemm_min(width, p.queries - first);
  float* panel = h.own + q.panel_at;
  float* scores = h.own + q.scores_at;
  float* result = h.own + q.result_at;
  Products::pack(h.query + first * p.query_at.row, p.query_at.row, 1, queries, width, p.depth,
                 panel);
  const auto multiply = [&](int64_t rows, int64_t tile, int64_t steps, const float* a,
                            const float* b, float* out) {
    for (int64_t row = 0; row < rows; row += tile) {
      h.ahead->advance();
      find_gemm_tile<Products>(gemm_min(tile, rows - row), G == 2)(
          steps, a + row * steps, b,
          GemmTarget{nullptr, nullptr, 0, out + row * width, width, -kColumnsInfinity,
                     kColumnsInfinity});
    }
  };
  multiply(p.keys, q.key_tile, q.depth_steps, h.own, panel, scores);
  float inverse[G * kLanes];
  columns_softmax<Products, G>(p.keys, ColumnScores<G>{scores, h.mask, h.mask_step, vset1(p.scale)},
                               scores, inverse);
  multiply(p.value_depth, q.value_tile, q.key_steps, h.own + q.values_at, scores, result);
  columns_store<G>(result, inverse, p.value_depth, queries, p.result_at.row,
                   h.y + first * p.result_at.row);
}

// In tiles of rows, each [steps][rows].
template <class Products>
void columns_pack(const float* src, int64_t line_step, int64_t k_step, int64_t lines, int64_t tile,
                  int64_t k, int64_t steps, float* dst) {
  for (int64_t line = 0; line < lines; line += tile) {
    const int64_t rows = gemm_min(tile, lines - line);
    Products::pack(src + line * line_step, line_step, k_step, rows, rows, k, dst + line * steps);
  }
}

// Where the operands of a chunk start.
struct ColumnsChunk {
  const float *query, *key, *value, *mask;
  float* y;
  int64_t begin, end;  // queries

  ColumnsChunk(const AttentionColumnsParams& q, const KernelArgs& args, int64_t chunk) {
    const AttentionParams& p = q.p;
    const int64_t b = chunk / q.groups / p.heads;
    const int64_t head = chunk / q.groups % p.heads;
    const int64_t kv = head / (p.heads / p.kv_heads);
    const auto input = [&](int i) { return static_cast<const float*>(args.inputs[i]); };
    query = input(0) + b * p.query_at.batch + head * p.query_at.head;
    key = input(1) + b * p.key_at.batch + kv * p.key_at.head;
    value = input(2) + b * p.value_at.batch + kv * p.value_at.head;
    mask = p.has_mask ? input(3) + b * p.mask_stride[0] + head * p.mask_stride[1] : nullptr;
    y = static_cast<float*>(args.outputs[0]) + b * p.result_at.batch + head * p.result_at.head;
    begin = chunk % q.groups * q.group;
    end = gemm_min(begin + q.group, p.queries);
  }
};

static ColumnsAhead columns_ahead(const AttentionColumnsParams& q, const ColumnsChunk& c) {
  const AttentionParams& p = q.p;
  const int64_t calls =
      (c.end - c.begin + 2 * kLanes - 1) / (2 * kLanes) *
      ((p.keys + q.key_tile - 1) / q.key_tile + (p.value_depth + q.value_tile - 1) / q.value_tile);
  const int64_t rows = 2 * p.keys + c.end - c.begin;
  return {{c.key, c.value, c.query + c.begin * p.query_at.row},
          {p.key_at.row, p.value_at.row, p.query_at.row},
          {p.depth, p.value_depth, p.depth},
          {p.keys, p.keys, c.end - c.begin},
          (rows + calls - 1) / calls,
          0,
          0};
}

template <class Products>
void attention_columns_run(const KernelArgs& args) {
  const auto& q = *static_cast<const AttentionColumnsParams*>(args.params);
  const AttentionParams& p = q.p;
  const int64_t chunks = p.batch * p.heads * q.groups;
  const int64_t workers = args.parallel->width();
  (*args.parallel)(chunks, [&](int64_t chunk, int worker) {
    const ColumnsChunk c(q, args, chunk);
    float* own = reinterpret_cast<float*>(args.scratch) + worker * q.worker_floats;
    columns_pack<Products>(c.key, p.key_at.row, 1, p.keys, q.key_tile, p.depth, q.depth_steps, own);
    columns_pack<Products>(c.value, 1, p.value_at.row, p.value_depth, q.value_tile, p.keys,
                           q.key_steps, own + q.values_at);
    // Of the chunk that this worker probably takes next.
    const int64_t following = chunk + workers < chunks ? chunk + workers : chunk;
    ColumnsAhead ahead = columns_ahead(q, ColumnsChunk(q, args, following));
    const ColumnsHead h{c.query, c.mask, p.mask_stride[3], c.y, own, &ahead};
    int64_t first = c.begin;
    for (; first + kLanes < c.end; first += 2 * kLanes) columns_panel<Products, 2>(q, h, first);
    if (first < c.end) columns_panel<Products, 1>(q, h, first);
  });
}

}  // namespace poacl::POACL_SIMD
