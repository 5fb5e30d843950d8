// Neighbouring pixels of one row, for the vector units: plain numbers only, because their files may
// include nothing that the linker could take from them.
#pragma once

#include <cstdint>

#include "base/x86.h"

namespace poacl::aipp {

// How the bytes of a pixel come together into a word of four.
enum class Unpack : int32_t {
  kOne,    // a byte each
  kPairs,  // a byte each, and a pair of bytes for two pixels from `pairs`
  kThree,  // three bytes each
  kFour,   // four bytes each
  kYuyv,   // four bytes for two pixels: Y0 U Y1 V
};

struct Span {
  Unpack unpack;
  const uint8_t* source;
  const uint8_t* pairs;
  int64_t count;
  // The byte of the word that is each channel after swapping.
  uint8_t select[4];
  // Colour conversion: (matrix * pixel + bias) >> 8 within 0 to 255, for the first three channels.
  bool csc;
  int32_t matrix[9];
  int32_t bias[3];
  // (value - mean - min) * scale.
  int32_t channels;
  float mean[4];
  float min[4];
  float scale[4];
  float* out;
  int64_t channel_stride;
};

// Computes pixels from the first on and returns how many; what is left is less than a vector.
POACL_X86 int64_t span_avx2(const Span& span);
POACL_X86 int64_t span_avx512(const Span& span);

}  // namespace poacl::aipp
