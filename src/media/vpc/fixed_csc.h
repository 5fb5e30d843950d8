// Colour matrices as the row kernels take them, and plain arithmetic for those that do not fit.
#pragma once

#include "media/vpc/csc.h"
#include "media/vpc/row_kernels.h"

namespace poacl::media {

struct FixedCsc {
  explicit FixedCsc(const Csc& exact) noexcept;

  Csc exact;
  RowCsc row;
  // Whether `row` stands for that direction; a user's own matrix may not fit.
  bool to_rgb_fits = false;
  bool to_yuv_fits = false;
};

// As the kernels of the same names, in double arithmetic.
void yuv_to_rgb_exact(const uint8_t* const* yuv, int shift_x, const Csc& csc, uint8_t* const* rgb,
                      int64_t n) noexcept;
void rgb_to_luma_exact(const uint8_t* const* rgb, const Csc& csc, uint8_t* y, int64_t n) noexcept;
void sums_to_chroma_exact(const int16_t* const* rgb, const Csc& csc, uint8_t* u, uint8_t* v,
                          int64_t n) noexcept;

// One pixel.
std::array<uint8_t, 3> rgb_to_yuv(const Csc& csc, const std::array<uint8_t, 3>& rgb) noexcept;

}  // namespace poacl::media
