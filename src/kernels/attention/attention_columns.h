// FusedInferAttentionScore with a vector lane for each query: scores are [keys][queries], so that
// softmax runs down the lanes, and its result is the second operand of the product with the
// values as it stands. One chunk is some queries of one head; its keys and values are packed into
// the worker's own scratch.
#pragma once

#include "kernels/attention/attention.h"

namespace poacl {

struct AttentionColumnsParams {
  AttentionParams p;
  int64_t key_tile, value_tile;    // rows of a register tile
  int64_t depth_steps, key_steps;  // of the two products
  int64_t group, groups;           // queries of a chunk; chunks of a head
  int64_t worker_floats;           // scratch of a worker, and what lies where in it:
  int64_t values_at, panel_at, scores_at, result_at;  // behind the keys
};

POACL_X86 void attention_columns_run_avx512(const KernelArgs& args);
POACL_X86 void attention_columns_run_bf16(const KernelArgs& args);

// Best first.
std::span<const KernelImpl* const> attention_columns_kernels();

}  // namespace poacl
