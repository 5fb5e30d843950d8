// How the int32 sums of QuantConv2D and QuantBatchMatmul become results: kept as they are, times a
// scale as float, or back to eight bits: saturate(round(float(sum) * scale) + offset), ties to
// even. To eight bits may be added a residual of eight bits, which makes eight bits again
// (QuantAdd).
#pragma once

#include <cstdint>

#include "kernels/kernel.h"
#include "kernels/qlinear/quant_eltwise.h"

namespace poacl {

enum class QuantKind : int { kSums, kFloat, kInt8, kUint8 };

struct QuantResultParams {
  QuantKind kind;
  bool scale_per_channel;
  int32_t clip_low, clip_high;  // of eight-bit results: the type's range, or less
  bool has_residual;
  bool residual_first;  // the residual is the sum's x1, the result x2
  QuantAddParams sum;   // `kind` is then the type of the result before it, sum.signed_y of y
};

// The optional inputs `scale` (float, one number or one per channel), `scale + 1`, the offset (one
// number of the result's type) and `scale + 2`, the residual, and the attributes clip_low and
// clip_high, and those of the sum.
Status read_quant_result(const OpInstance& op, size_t scale, int64_t channels,
                         QuantResultParams* params);

// The numbers of one run.
struct QuantFinish {
  const float* scale;  // null: the sums themselves
  int64_t scale_step;  // per channel: 0 or 1
  float low, high;     // of the scaled sum, the offset not yet added
  int32_t offset;
  const void* residual;

  float scale_of(int64_t channel) const { return scale[channel * scale_step]; }
};
// `inputs` points at the scale and, behind it, the offset and residual, as far as there are any.
QuantFinish make_quant_finish(const QuantResultParams& params, const void* const* inputs);

// The eight-bit number of a sum.
POACL_INLINE int32_t requantised(int32_t sum, float scale, const QuantFinish& f) {
  const float value = static_cast<float>(sum) * scale;
  const float raised = value > f.low ? value : f.low;  // takes what is not a number, too
  const float kept = raised < f.high ? raised : f.high;
  // Added to a small number, this leaves the nearest integer in the sum's low bits.
  constexpr float kShift = 12582912.0f;
  return static_cast<int32_t>((kept + kShift) - kShift) + f.offset;
}

// Writes results [first, first + count) of y from their sums. Result i belongs to channel
// `channel` + i * `channel_step`. `sums` may be y itself where sums are kept.
void finish_sums(const QuantResultParams& params, const QuantFinish& finish, const int32_t* sums,
                 int64_t channel, int64_t channel_step, void* y, int64_t first, int64_t count);

}  // namespace poacl
