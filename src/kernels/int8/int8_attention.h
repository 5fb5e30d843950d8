// QuantAttention on packed keys and values, a few queries at a time.
#pragma once

#include <cstdint>

#include "base/x86.h"
#include "kernels/kernel.h"

namespace poacl {

// An eight-bit tensor of the operator: number i stands for scale * (i - offset).
struct QuantTensor {
  float scale;
  int32_t offset;
  bool is_signed;
};

struct QuantAttentionParams {
  int64_t batch, heads, queries, keys, depth, value_depth;
  bool rows;  // BSND
  QuantTensor query, key, value, score, share, y;
  float scale;  // of the scores, once they are reals
  bool has_mask;
  int64_t mask_stride[4];  // batch, head, query, key; 0 where it broadcasts

  // Steps of a tensor of `length` positions and `width` numbers of a head, in elements.
  int64_t position_step(int64_t width) const { return rows ? heads * width : width; }
  int64_t head_at(int64_t b, int64_t head, int64_t length, int64_t width) const {
    return rows ? (b * length * heads + head) * width : (b * heads + head) * length * width;
  }
};
Status read_quant_attention(const OpInstance& op, QuantAttentionParams* params);

struct Int8AttentionParams {
  QuantAttentionParams p;
  int64_t pieces, piece;  // of the queries of a head, each one's length
  int64_t key_groups, value_groups;
  int64_t key_blocks, value_blocks;  // of sixteen, of a group
  int64_t depth_words, key_words;    // of a query, of its shares
  // In a worker's scratch, in bytes.
  int64_t keys_at, key_bias_at, values_at, value_bias_at, scores_at, shares_at, rows_at,
      worker_bytes;
};

POACL_X86 void int8_attention_run_vnni(const KernelArgs& args);
POACL_X86 void int8_attention_run_avx2(const KernelArgs& args);
void int8_attention_run_generic(const KernelArgs& args);

extern const KernelImpl kQuantAttentionRef;
// Best first.
std::span<const KernelImpl* const> int8_attention_kernels();

}  // namespace poacl
