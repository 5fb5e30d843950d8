#include "kernels/int8/int8_requantise_generic.h"

#define POACL_SIMD int8_generic

namespace poacl::int8_generic {
namespace {

// sums[q][c] of Q pixels, channel by channel.
template <int Q>
POACL_INLINE void sum_pixels(const Int8ConvParams& p, const uint8_t* in, const int8_t* weights,
                             const int32_t* bias, int32_t sums[Q][16]) {
  uint32_t acc[Q][16];
  for (int q = 0; q < Q; ++q) {
    for (int c = 0; c < 16; ++c) acc[q][c] = static_cast<uint32_t>(bias[c]);
  }
  for (int64_t s = 0; s < p.slices; ++s, in += p.slice_stride) {
    const int64_t words = s + 1 == p.slices ? p.last_words : p.words;
    for (int64_t tap = 0; tap < p.taps_h * p.taps_w; ++tap) {
      const uint8_t* x = in + tap / p.taps_w * p.tap_row_step + tap % p.taps_w * p.tap_col_step;
      for (int64_t i = 0; i < words; ++i, x += 4, weights += 64) {
        int16_t w[4][16];
        for (int c = 0; c < 16; ++c) {
          for (int k = 0; k < 4; ++k) w[k][c] = weights[4 * c + k];
        }
        for (int q = 0; q < Q; ++q) {
          for (int k = 0; k < 4; ++k) {
            const auto flip = static_cast<uint8_t>(p.flip);
            const auto v = static_cast<int16_t>(x[q * p.col_step + k] ^ flip);
            for (int c = 0; c < 16; ++c) acc[q][c] += static_cast<uint32_t>(v * w[k][c]);
          }
        }
      }
    }
  }
  __builtin_memcpy(sums, acc, sizeof(acc));
}

}  // namespace
}  // namespace poacl::int8_generic

#include "kernels/int8/int8_wide.h"

#include "kernels/int8/int8_conv_run.h"

namespace poacl {

void int8_conv_run_generic(const KernelArgs& args) {
  int8_generic::int8_conv_run(args);
}

}  // namespace poacl
