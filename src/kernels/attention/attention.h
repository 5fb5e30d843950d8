// FusedInferAttentionScore: softmax(cap(query key^T * scale) + mask) value, the numbers checked
// once for every kernel.
//
// query [B, N, Sq, D], key [B, Nkv, Sk, D], value [B, Nkv, Sk, Dv], result [B, N, Sq, Dv], or each
// with its second and third dimension swapped (input_layout BSND); N is a multiple of Nkv, each
// key-value head serves its share of neighbouring query heads. atten_mask is bool (true: attend)
// or added to the scores; it broadcasts to [B, N, Sq, Sk] and may be shorter than Sk (what it lacks
// is masked). actual_seq_lengths_kv [B]: keys behind it are masked. A query without keys gives 0.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

// Where the rows of a tensor lie, in elements.
struct AttentionSteps {
  int64_t batch, head, row;
};

struct AttentionParams {
  DataType dtype;
  int64_t batch, heads, kv_heads;
  int64_t queries, keys, depth, value_depth;
  AttentionSteps query_at, key_at, value_at, result_at;
  float scale, softcap;  // softcap 0: none
  bool causal;
  int64_t past;         // keys before the first query; see offset()
  int64_t left, right;  // window around a query's own position; -1: open
  bool has_mask, mask_is_bool, has_lengths;
  int64_t mask_keys;       // last dimension of the mask
  int64_t mask_stride[4];  // 0 where it broadcasts
  DataType length_type;
  bool has_scores;  // output 1: scores as score_mode says
  int score_mode;   // 0 product, 1 capped, 2 masked, 3 after softmax

  int64_t kv_head(int64_t head) const { return head / (heads / kv_heads); }

  // Position of query 0 of batch element `b` among the keys.
  int64_t offset(const void* lengths, int64_t b) const;
  int64_t length(const void* lengths, int64_t b) const;  // keys that count
  // Keys [first, last) that query `i` may attend, as far as causality, window and length say.
  void reach(int64_t offset, int64_t length, int64_t i, int64_t* first, int64_t* last) const;
  int64_t mask_row(int64_t b, int64_t head, int64_t i) const;  // where its mask starts
};

Status read_attention(const OpInstance& op, AttentionParams* params);

}  // namespace poacl
