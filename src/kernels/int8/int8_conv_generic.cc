#include "kernels/int8/int8_requantise_generic.h"
#include "kernels/int8/int8_sums_generic.h"

#define POACL_SIMD int8_generic

namespace poacl::int8_generic {
namespace {

// sums[q][c] of Q pixels: products of 16 bits, those of two neighbouring channels added at once.
template <int Q>
POACL_INLINE void sum_pixels(const Int8ConvParams& p, const uint8_t* in, const int8_t* weights,
                             const int32_t* bias, int32_t sums[Q][16]) {
  Sums acc[Q];
  POACL_UNROLL
  for (int q = 0; q < Q; ++q) start(&acc[q], bias);
  const int64_t step = p.col_step;
  for (int64_t s = 0; s < p.slices; ++s, in += p.slice_stride) {
    const int64_t words = s + 1 == p.slices ? p.last_words : p.words;
    const uint8_t* row = in;
    for (int64_t kh = 0; kh < p.taps_h; ++kh, row += p.tap_row_step) {
      const uint8_t* tap = row;
      for (int64_t kw = 0; kw < p.taps_w; ++kw, tap += p.tap_col_step) {
        const uint8_t* x = tap;
        for (int64_t i = 0; i < words; ++i, x += 4, weights += 64) {
          POACL_UNROLL
          for (int q = 0; q < Q; ++q) add_products(&acc[q], x + q * step, weights);
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
