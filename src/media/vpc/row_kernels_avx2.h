// Kernels of the AVX2 set that wider sets use as they are.
#pragma once

#include "media/vpc/row_kernels.h"

namespace poacl::media {

void split2_avx2(const uint8_t* pixels, uint8_t* const* lines, int64_t n);
void split3_avx2(const uint8_t* pixels, uint8_t* const* lines, int64_t n);
void split4_avx2(const uint8_t* pixels, uint8_t* const* lines, int64_t n);
void merge2_avx2(const uint8_t* const* lines, uint8_t* pixels, int64_t n);
void merge3_avx2(const uint8_t* const* lines, uint8_t* pixels, int64_t n);
void merge4_avx2(const uint8_t* const* lines, uint8_t* pixels, int64_t n);

// scale_row of pictures that shrink so much that there are no windows.
void scale_far_avx2(const uint8_t* row, const RowTaps& taps, int16_t* out);

// scale_rows.
void scale_far_rows_avx2(const uint8_t* first, const uint8_t* second, const RowTaps& taps, int wa,
                         int wb, uint8_t* out);

}  // namespace poacl::media
