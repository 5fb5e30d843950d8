#include "media/vpc/row_kernels_avx2.h"
#include "media/vpc/words_avx2.h"
// After the register type it is written over.
#include "media/vpc/row_lines_impl.h"

namespace poacl::media {
namespace {

void scale_row(const uint8_t* row, const RowTaps& taps, int16_t* out) {
  return taps.windows != 0 ? scale_windows(row, taps, out) : scale_far_avx2(row, taps, out);
}

constexpr RowKernels kKernels = {
    scale_row,   blend_rows,  scale_far_rows_avx2, split2_avx2, split3_avx2,
    split4_avx2, merge2_avx2, merge3_avx2,         merge4_avx2, yuv_to_rgb,
    rgb_to_luma, sum_pixels,  sums_to_chroma,      mean,
};

}  // namespace

const RowKernels& row_kernels_avx2() {
  return kKernels;
}

}  // namespace poacl::media
