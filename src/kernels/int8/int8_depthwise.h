// Depthwise convolution of eight-bit numbers on blocks of 16 channels.
#pragma once

#include <cstdint>

#include "kernels/int8/int8_conv.h"

namespace poacl {

// A worker copies bands of rows with their padding into its scratch. There four neighbouring
// pixels are 64 bytes; turned to four pixels of each channel they meet four weights of each.
struct Int8DepthwiseParams {
  int64_t planes, blocks;  // blocks of 16 channels: of the whole batch, of one image
  int64_t tail;            // channels of an image's last block
  int64_t in_h, in_w, out_h, out_w;
  int64_t kernel_h, kernel_w;
  int64_t fours;  // groups of four taps of a row
  int64_t stride_h, stride_w, dilation_h;
  int64_t pad_top, pad_left;
  int64_t band;        // output rows of a band
  int64_t band_rows;   // input rows of it
  int64_t band_width;  // pixels of a row of the copy
  int64_t band_bytes;  // of a worker's copy
  uint32_t flip;
  uint8_t x_zero;
  Int8Finish finish;
  int64_t weight_bytes;  // packed: weights, biases, scales
};

// One block of 16 channels: its packed numbers and how many of its channels there are.
struct Int8DepthwisePlane {
  const Int8DepthwiseParams& p;
  const int8_t* weights;
  const int32_t* bias;
  const float* scale;
  int64_t channels;
};

// Most taps of a window without VNNI.
inline constexpr int64_t kInt8WideTaps = 128;

POACL_X86 void int8_depthwise_run_vnni(const KernelArgs& args);
POACL_X86 void int8_depthwise_run_avx2(const KernelArgs& args);
void int8_depthwise_run_generic(const KernelArgs& args);

extern const KernelImpl kInt8DepthwiseVnni, kInt8DepthwiseAvx2, kInt8DepthwiseGeneric;

}  // namespace poacl
