// The code of quant_line.h, in the namespace of the including unit's ISA. Include after
// vec_<isa>.h.
#pragma once

#include "kernels/int8/int8_vec.h"
#include "kernels/quant/quant_line.h"

namespace poacl::POACL_SIMD {
namespace {

void quantize_line(const QuantLine& line, const float* x, uint8_t* y, int64_t count) {
  const float least_number = static_cast<float>((line.is_signed ? -128 : 0) - line.zero);
  const Vec scale = vset1(line.scale);
  const Vec low = vset1(least_number);
  const Vec high = vset1(least_number + 255.0f);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    vstore_bytes(y + i, vclip(vdiv(vload(x + i), scale), low, high), line.zero);
  }
  if (i == count) return;
  uint8_t bytes[kLanes];
  vstore_bytes(bytes, vclip(vdiv(vload_some(x + i, count - i, 0.0f), scale), low, high), line.zero);
  for (int64_t k = 0; i + k < count; ++k) y[i + k] = bytes[k];
}

void dequantize_line(const QuantLine& line, const uint8_t* x, float* y, int64_t count) {
  const Vec scale = vset1(line.scale);
  const Vec zero = vset1(static_cast<float>(line.zero));
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    vstore(y + i, vmul(vsub(vbytes(x + i, line.is_signed), zero), scale));
  }
  if (i == count) return;
  uint8_t bytes[kLanes] = {};
  for (int64_t k = 0; i + k < count; ++k) bytes[k] = x[i + k];
  vstore_some(y + i, vmul(vsub(vbytes(bytes, line.is_signed), zero), scale), count - i);
}

}  // namespace
}  // namespace poacl::POACL_SIMD
