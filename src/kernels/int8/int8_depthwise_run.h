// The driver of int8_depthwise.h, in the namespace POACL_SIMD of the including unit, which has
// defined there
//   run_band(plane, band, rows, out)   `rows` output rows from a band copied with its padding
#pragma once

#include "kernels/int8/int8_bytes.h"
#include "kernels/int8/int8_depthwise.h"

namespace poacl::POACL_SIMD {
namespace {

// Input rows of the band that starts with output row `first`, as far as its `rows` output rows
// need them.
void copy_band(const Int8DepthwiseParams& p, const uint8_t* plane, int64_t first, int64_t rows,
               uint8_t* band) {
  const int64_t count = (rows - 1) * p.stride_h + (p.kernel_h - 1) * p.dilation_h + 1;
  const int64_t row_bytes = p.band_width * 16;
  const int64_t left = p.pad_left * 16;
  const int64_t inside = p.in_w * 16;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t y = first * p.stride_h - p.pad_top + i;
    uint8_t* row = band + i * row_bytes;
    if (y < 0 || y >= p.in_h) {
      fill(row, p.x_zero, row_bytes);
      continue;
    }
    fill(row, p.x_zero, left);
    __builtin_memcpy(row + left, plane + y * inside, static_cast<size_t>(inside));
    fill(row + left + inside, p.x_zero, row_bytes - left - inside);
  }
}

void int8_depthwise_run(const KernelArgs& args) {
  const auto& p = args.get_params<Int8DepthwiseParams>();
  const auto* image = static_cast<const uint8_t*>(args.inputs[0]);
  const auto* weights = static_cast<const int8_t*>(args.inputs[1]);
  const auto* biases = reinterpret_cast<const int32_t*>(weights + p.weight_bytes);
  const auto* scales = reinterpret_cast<const float*>(biases + p.blocks * 16);
  auto* out = static_cast<uint8_t*>(args.outputs[0]);
  const int64_t bands = (p.out_h + p.band - 1) / p.band;
  (*args.parallel)(p.planes * bands, [&](int64_t chunk, int worker) {
    const int64_t plane = chunk / bands;
    const int64_t block = plane % p.blocks;
    const int64_t first = chunk % bands * p.band;
    const int64_t rows = least(p.band, p.out_h - first);
    auto* band = reinterpret_cast<uint8_t*>(args.scratch) + worker * p.band_bytes;
    copy_band(p, image + plane * p.in_h * p.in_w * 16, first, rows, band);
    run_band({p, weights + block * p.kernel_h * p.fours * 64, biases + block * 16,
              scales + block * 16, block + 1 == p.blocks ? p.tail : 16},
             band, rows, out + (plane * p.out_h + first) * p.out_w * 16);
  });
}

}  // namespace
}  // namespace poacl::POACL_SIMD
