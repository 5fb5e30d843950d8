// Stretches of elements that share a scale, between float and eight bits.
#pragma once

#include <cstdint>

#include "base/x86.h"

namespace poacl {

struct QuantLine {
  float scale;
  int32_t zero;
  bool is_signed;  // int8; else uint8
};

// y = saturate(round(x / scale) + zero), halves to even; what is not a number becomes the least.
// y = (x - zero) * scale.
using QuantizeLine = void (*)(const QuantLine& line, const float* x, uint8_t* y, int64_t count);
using DequantizeLine = void (*)(const QuantLine& line, const uint8_t* x, float* y, int64_t count);

void quantize_line_generic(const QuantLine& line, const float* x, uint8_t* y, int64_t count);
POACL_X86 void quantize_line_avx2(const QuantLine& line, const float* x, uint8_t* y, int64_t count);
POACL_X86 void quantize_line_avx512(const QuantLine& line, const float* x, uint8_t* y,
                                    int64_t count);
void dequantize_line_generic(const QuantLine& line, const uint8_t* x, float* y, int64_t count);
POACL_X86 void dequantize_line_avx2(const QuantLine& line, const uint8_t* x, float* y,
                                    int64_t count);
POACL_X86 void dequantize_line_avx512(const QuantLine& line, const uint8_t* x, float* y,
                                      int64_t count);

}  // namespace poacl
