// Pooling on channel blocks. One window over the whole image gives a plain result.
#pragma once

#include <cstdint>

#include "kernels/kernel.h"
#include "kernels/pool/pool_geometry.h"

namespace poacl {

struct PoolBlockedParams {
  PoolGeometry g;
  int64_t blocks;  // channel blocks of an image
  int64_t tail;    // channels in the last block
  int64_t band;    // output rows of one chunk
  bool global;
};

// A plan for blocks of `lanes` floats.
Status plan_pool_blocked(const OpInstance& op, const PlanContext& context, int64_t lanes,
                         KernelPlan* plan);

POACL_X86 void pool_blocked_run_avx512(const KernelArgs& args);
POACL_X86 void pool_blocked_run_avx2(const KernelArgs& args);
void pool_blocked_run_generic(const KernelArgs& args);

}  // namespace poacl
