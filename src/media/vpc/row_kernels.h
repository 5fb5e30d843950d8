// What is done to rows of bytes, built once per instruction set. All versions give the same bytes:
// the generic one is the reference, plain and obvious.
//
// No function reads or writes outside the counts given, except that scale_row may write up to 32
// samples past the end of its output. Inputs and outputs do not overlap.
#pragma once

#include <cstdint>

#include "base/x86.h"

namespace poacl::media {

// Where the samples of a scaled row come from. Offsets are bytes from the row's first position.
struct RowTaps {
  int32_t pixels = 0;
  int32_t components = 1;
  int32_t tap_bytes = 0;             // from the left tap to the right one
  const int32_t* offsets = nullptr;  // left tap of each pixel, ascending
  const int16_t* weights = nullptr;  // left, right of each SAMPLE; zeros up to a multiple of 32
  int32_t wide_loads = 0;            // so many first pixels have 8 readable bytes at their offset
  // Runs of four samples whose taps all lie within 16 readable bytes: where those begin, and which
  // byte of them is each tap's (then 0x80), left, right, left... A multiple of 8 windows (the last
  // ones repeat), or none when the picture shrinks too much for it.
  int32_t windows = 0;
  const int32_t* window_offsets = nullptr;
  const uint8_t* window_bytes = nullptr;  // 16 for each
};

// Colour matrices in fixed point.
struct RowCsc {
  // With 13 bits after the point: of Y, V in red, U and V in green, U in blue.
  int16_t y = 0;
  int16_t v_red = 0;
  int16_t u_green = 0;
  int16_t v_green = 0;
  int16_t u_blue = 0;
  int16_t y_offset = 0;  // subtracted from Y, with 7 bits
  // With 15 bits: rows Y, U, V of R, G, B.
  int16_t from_rgb[3][3] = {};
  int16_t offset[3] = {};  // added, with 7 bits, half for rounding included
};

struct RowKernels {
  // Horizontal pass: (left * w0 + right * w1) >> 4, where w0 + w1 = 2048.
  void (*scale_row)(const uint8_t* row, const RowTaps& taps, int16_t* out);
  // Vertical pass over two such rows: ((a * wa >> 16) + (b * wb >> 16) + 2) >> 2.
  void (*blend_rows)(const int16_t* a, const int16_t* b, int wa, int wb, uint8_t* out, int64_t n);
  // Both passes over two source rows: blend_rows of what scale_row makes of each. For taps without
  // windows, where it saves the way through memory.
  void (*scale_rows)(const uint8_t* first, const uint8_t* second, const RowTaps& taps, int wa,
                     int wb, uint8_t* out);

  // Interleaved pixels to lines and back.
  void (*split2)(const uint8_t* pixels, uint8_t* const* lines, int64_t n);
  void (*split3)(const uint8_t* pixels, uint8_t* const* lines, int64_t n);
  void (*split4)(const uint8_t* pixels, uint8_t* const* lines, int64_t n);
  void (*merge2)(const uint8_t* const* lines, uint8_t* pixels, int64_t n);
  void (*merge3)(const uint8_t* const* lines, uint8_t* pixels, int64_t n);
  void (*merge4)(const uint8_t* const* lines, uint8_t* pixels, int64_t n);

  // Lines to lines. Where shift_x is 1, n counts pixels and chroma has (n + 1) / 2 samples.
  void (*yuv_to_rgb)(const uint8_t* const* yuv, int shift_x, const RowCsc& csc, uint8_t* const* rgb,
                     int64_t n);
  void (*rgb_to_luma)(const uint8_t* const* rgb, const RowCsc& csc, uint8_t* y, int64_t n);
  // Means of the pixels of two rows (which may be the same) that share a chroma sample, times 128.
  void (*sum_pixels)(const uint8_t* row0, const uint8_t* row1, int shift_x, int16_t* out,
                     int64_t n);
  void (*sums_to_chroma)(const int16_t* const* rgb, const RowCsc& csc, uint8_t* u, uint8_t* v,
                         int64_t n);
  // Means rounded to nearest of two rows (which may be the same); halves up.
  void (*mean)(const uint8_t* row0, const uint8_t* row1, int shift_x, uint8_t* out, int64_t n);
};

const RowKernels& row_kernels_generic();
POACL_X86 const RowKernels& row_kernels_avx2();
POACL_X86 const RowKernels& row_kernels_avx512();

}  // namespace poacl::media
