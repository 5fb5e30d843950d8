// Sums to bytes in plain loops.
#pragma once

#include "kernels/int8/int8_bytes.h"
#include "kernels/int8/int8_conv.h"

namespace poacl::int8_generic {
namespace {

// Sixteen sums as bytes, the residual added where there is one.
POACL_INLINE void requantise(const Int8Finish& f, const int32_t* sums, const float* scale,
                             const uint8_t* residual, uint8_t* bytes) {
  const QuantFinish bounds{
      nullptr,  0,      static_cast<float>(f.low - f.offset), static_cast<float>(f.high - f.offset),
      f.offset, nullptr};
  int32_t numbers[16];
  for (int c = 0; c < 16; ++c) numbers[c] = requantised(sums[c], scale[c], bounds);
  if (residual != nullptr) {
    const bool is_signed = f.residual_first ? f.sum.signed1 : f.sum.signed2;
    for (int c = 0; c < 16; ++c) {
      const int32_t other = is_signed ? static_cast<int8_t>(residual[c]) : residual[c];
      numbers[c] = f.residual_first ? quant_sum(f.sum, other, numbers[c])
                                    : quant_sum(f.sum, numbers[c], other);
    }
  }
  for (int c = 0; c < 16; ++c) bytes[c] = static_cast<uint8_t>(numbers[c]);
}

}  // namespace
}  // namespace poacl::int8_generic
