// What the fast convolutions share in plan and pack.
#pragma once

#include "kernels/conv/conv_geometry.h"
#include "kernels/kernel.h"
#include "kernels/simd/epilogue.h"

namespace poacl {

// Shape of the registers of an instruction set: floats of a vector, pixels of a register tile
// (kTile of vec_<isa>.h).
struct ConvMachine {
  int64_t lanes;
  int64_t tile;
};

// Declines unless filter and bias are constants, which the fast kernels want packed.
Status require_constant_weights(const OpInstance& op, const ConvGeometry& g);

// Layouts of x, filter, bias, residual and y for a kernel that works on blocks; filter, and bias
// when there is one, are to be packed into filter_floats and bias_floats.
void set_blocked_plan(const OpInstance& op, const ConvGeometry& g, Layout x, Layout y,
                      int64_t filter_floats, int64_t bias_floats, KernelPlan* plan);

// The bias with zeros up to whole blocks (dst is zeroed).
void pack_bias(const OpInstance& op, void* dst);

inline Layout blocked_layout(int64_t block) {
  return block == 16 ? Layout::kBlocked16 : Layout::kBlocked8;
}

// Largest scratch a fast kernel asks for; above it another kernel must do.
inline constexpr int64_t kMostScratchFloats = int64_t{1} << 29;

}  // namespace poacl
