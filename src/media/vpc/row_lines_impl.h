// Row kernels on lines of bytes, written once over Words (16-bit lanes). Included by files of one
// instruction set each, after their words_*.h.
//
// Rows shorter than a vector go to the generic kernels.
#pragma once

#include "media/vpc/row_cover.h"
#include "media/vpc/row_kernels.h"

namespace poacl::media {
namespace {

void blend_rows(const int16_t* a, const int16_t* b, int wa, int wb, uint8_t* out, int64_t n) {
  if (n < Words::kLanes) return row_kernels_generic().blend_rows(a, b, wa, wb, out, n);
  const auto weight_a = Words::set(wa);
  const auto weight_b = Words::set(wb);
  const auto half = Words::set(2);
  cover(n, Words::kLanes, [&](int64_t i) {
    const auto top = Words::high_product(Words::load(a + i), weight_a);
    const auto bottom = Words::high_product(Words::load(b + i), weight_b);
    const auto sum = Words::add(Words::add(top, bottom), half);
    Words::store_bytes(out + i, Words::shift_right<2>(sum));
  });
}

void yuv_to_rgb(const uint8_t* const* yuv, int shift_x, const RowCsc& csc, uint8_t* const* rgb,
                int64_t n) {
  const int64_t even = shift_x == 0 ? n : n & ~int64_t{1};
  if (even < Words::kLanes) {
    return row_kernels_generic().yuv_to_rgb(yuv, shift_x, csc, rgb, n);
  }
  const auto k_y = Words::set(csc.y);
  const auto k_v_red = Words::set(csc.v_red);
  const auto k_u_green = Words::set(csc.u_green);
  const auto k_v_green = Words::set(csc.v_green);
  const auto k_u_blue = Words::set(csc.u_blue);
  const auto y_offset = Words::set(csc.y_offset);
  const auto middle = Words::set(128 * 128);
  const auto half = Words::set(16);
  const auto store = [&](uint8_t* out, auto sum) {
    Words::store_bytes(out, Words::template shift_right<5>(sum));
  };
  cover(even, Words::kLanes, [&](int64_t i) {
    const auto chroma = [&](const uint8_t* line) {
      const auto bytes =
          shift_x == 0 ? Words::load_bytes(line + i) : Words::load_bytes_twice(line + i / 2);
      return Words::sub(Words::shift_left<7>(bytes), middle);
    };
    const auto luma = Words::sub(Words::shift_left<7>(Words::load_bytes(yuv[0] + i)), y_offset);
    const auto y = Words::add(Words::product15(luma, k_y), half);
    const auto u = chroma(yuv[1]);
    const auto v = chroma(yuv[2]);
    const auto green = Words::add(Words::product15(u, k_u_green), Words::product15(v, k_v_green));
    store(rgb[0] + i, Words::add(y, Words::product15(v, k_v_red)));
    store(rgb[1] + i, Words::add(y, green));
    store(rgb[2] + i, Words::add(y, Words::product15(u, k_u_blue)));
  });
  if (even == n) return;
  const uint8_t* const last[3] = {yuv[0] + even, yuv[1] + even / 2, yuv[2] + even / 2};
  uint8_t* const out[3] = {rgb[0] + even, rgb[1] + even, rgb[2] + even};
  row_kernels_generic().yuv_to_rgb(last, shift_x, csc, out, n - even);
}

// One row of the matrix; r, g, b with 7 bits after the point.
struct FromRgb {
  Words::Reg r, g, b, offset;

  FromRgb(const RowCsc& csc, int row)
      : r(Words::set(csc.from_rgb[row][0])),
        g(Words::set(csc.from_rgb[row][1])),
        b(Words::set(csc.from_rgb[row][2])),
        offset(Words::set(csc.offset[row])) {}

  void operator()(Words::Reg red, Words::Reg green, Words::Reg blue, uint8_t* out) const {
    const auto sum = Words::add(Words::add(Words::product15(red, r), Words::product15(green, g)),
                                Words::product15(blue, b));
    Words::store_bytes(out, Words::shift_right<7>(Words::add_saturated(sum, offset)));
  }
};

void rgb_to_luma(const uint8_t* const* rgb, const RowCsc& csc, uint8_t* y, int64_t n) {
  if (n < Words::kLanes) return row_kernels_generic().rgb_to_luma(rgb, csc, y, n);
  const FromRgb luma(csc, 0);
  cover(n, Words::kLanes, [&](int64_t i) {
    luma(Words::shift_left<7>(Words::load_bytes(rgb[0] + i)),
         Words::shift_left<7>(Words::load_bytes(rgb[1] + i)),
         Words::shift_left<7>(Words::load_bytes(rgb[2] + i)), y + i);
  });
}

void sums_to_chroma(const int16_t* const* rgb, const RowCsc& csc, uint8_t* u, uint8_t* v,
                    int64_t n) {
  if (n < Words::kLanes) return row_kernels_generic().sums_to_chroma(rgb, csc, u, v, n);
  const FromRgb to_u(csc, 1);
  const FromRgb to_v(csc, 2);
  cover(n, Words::kLanes, [&](int64_t i) {
    const auto red = Words::load(rgb[0] + i);
    const auto green = Words::load(rgb[1] + i);
    const auto blue = Words::load(rgb[2] + i);
    to_u(red, green, blue, u + i);
    to_v(red, green, blue, v + i);
  });
}

// Sums of two or four samples of two rows, for whole groups only.
Words::Reg group_sums(const uint8_t* row0, const uint8_t* row1, int shift_x, int64_t i) {
  if (shift_x == 0) return Words::add(Words::load_bytes(row0 + i), Words::load_bytes(row1 + i));
  return Words::add(Words::load_pair_sums(row0 + 2 * i), Words::load_pair_sums(row1 + 2 * i));
}

void sum_pixels(const uint8_t* row0, const uint8_t* row1, int shift_x, int16_t* out, int64_t n) {
  const int64_t groups = n >> shift_x;
  if (groups < Words::kLanes) {
    return row_kernels_generic().sum_pixels(row0, row1, shift_x, out, n);
  }
  cover(groups, Words::kLanes, [&](int64_t i) {
    const auto sums = group_sums(row0, row1, shift_x, i);
    Words::store(out + i, shift_x == 0 ? Words::shift_left<6>(sums) : Words::shift_left<5>(sums));
  });
  const int64_t done = groups << shift_x;
  row_kernels_generic().sum_pixels(row0 + done, row1 + done, shift_x, out + groups, n - done);
}

void mean(const uint8_t* row0, const uint8_t* row1, int shift_x, uint8_t* out, int64_t n) {
  const int64_t groups = n >> shift_x;
  if (groups < Words::kLanes) return row_kernels_generic().mean(row0, row1, shift_x, out, n);
  const auto half = Words::set(shift_x == 0 ? 1 : 2);
  cover(groups, Words::kLanes, [&](int64_t i) {
    const auto sums = Words::add(group_sums(row0, row1, shift_x, i), half);
    Words::store_bytes(out + i,
                       shift_x == 0 ? Words::shift_right<1>(sums) : Words::shift_right<2>(sums));
  });
  const int64_t done = groups << shift_x;
  row_kernels_generic().mean(row0 + done, row1 + done, shift_x, out + groups, n - done);
}

void scale_windows(const uint8_t* row, const RowTaps& taps, int16_t* out) {
  constexpr int kWindows = Words::kLanes / 4;
  // Copies, which the stores cannot be thought to change.
  const int32_t* offsets = taps.window_offsets;
  const uint8_t* bytes = taps.window_bytes;
  const int16_t* weights = taps.weights;
  const int32_t end = taps.windows;
  for (int32_t w = 0; w < end; w += kWindows) {
    Words::store(out + 4 * w,
                 Words::scale_windows(row, offsets + w, bytes + 16 * w, weights + 8 * w));
  }
}

}  // namespace
}  // namespace poacl::media
