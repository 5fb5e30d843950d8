// FusedInferAttentionScore in tiles of queries: keys and values are packed as the second operands
// of register-tiled products, scores of a tile stay in the worker's own scratch.
#pragma once

#include "kernels/attention/attention.h"

namespace poacl {

struct AttentionTilesParams {
  AttentionParams p;
  int64_t tile;                       // queries at a time
  int64_t padded_keys, padded_depth;  // keys and value_depth in whole vectors
  // In scratch, in floats; what follows worker_at is once for each worker.
  int64_t keys_at, values_at, worker_at, worker_floats;
  int64_t scores_at, weights_at, result_at;  // behind the tile's queries, within a worker's part
};

void attention_tiles_run_generic(const KernelArgs& args);
POACL_X86 void attention_tiles_run_avx2(const KernelArgs& args);
POACL_X86 void attention_tiles_run_avx512(const KernelArgs& args);

// Best first.
std::span<const KernelImpl* const> attention_tiles_kernels();

}  // namespace poacl
