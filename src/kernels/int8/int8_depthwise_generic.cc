#include "kernels/int8/int8_depthwise.h"
#include "kernels/int8/int8_requantise_generic.h"

#define POACL_SIMD int8_generic

namespace poacl::int8_generic {
namespace {

// `rows` output rows of one block, from a band copied with its padding.
void run_band(const Int8DepthwisePlane& t, const uint8_t* band, int64_t rows, uint8_t* out) {
  const Int8DepthwiseParams& p = t.p;
  int16_t weights[kInt8WideTaps][16];
  for (int64_t i = 0; i < p.kernel_h * p.fours * 4; ++i) {
    for (int c = 0; c < 16; ++c) weights[i][c] = t.weights[i / 4 * 64 + c * 4 + i % 4];
  }
  const auto flip = static_cast<uint8_t>(p.flip);
  for (int64_t y = 0; y < rows; ++y) {
    for (int64_t x = 0; x < p.out_w; ++x, out += 16) {
      uint32_t acc[16];
      for (int c = 0; c < 16; ++c) acc[c] = static_cast<uint32_t>(t.bias[c]);
      for (int64_t k = 0; k < p.kernel_h; ++k) {
        const uint8_t* row =
            band + ((y * p.stride_h + k * p.dilation_h) * p.band_width + x * p.stride_w) * 16;
        const int16_t(*w)[16] = weights + k * p.fours * 4;
        for (int64_t j = 0; j < p.kernel_w; ++j) {
          for (int c = 0; c < 16; ++c) {
            const auto v = static_cast<int16_t>(row[j * 16 + c] ^ flip);
            acc[c] += static_cast<uint32_t>(v * w[j][c]);
          }
        }
      }
      int32_t sums[16];
      __builtin_memcpy(sums, acc, sizeof(sums));
      requantise(p.finish, sums, t.scale, nullptr, out);
      for (int64_t c = t.channels; c < 16; ++c) out[c] = 0;
    }
  }
}

}  // namespace
}  // namespace poacl::int8_generic

#include "kernels/int8/int8_depthwise_run.h"

namespace poacl {

void int8_depthwise_run_generic(const KernelArgs& args) {
  int8_generic::int8_depthwise_run(args);
}

}  // namespace poacl
