#include "media/vpc/row_kernels.h"

namespace poacl::media {
namespace {

// The product of two numbers with 15 bits after the point, rounded.
int product15(int a, int b) {
  return (a * b + 0x4000) >> 15;
}

uint8_t clamp_byte(int value) {
  return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

void scale_row(const uint8_t* row, const RowTaps& taps, int16_t* out) {
  const int16_t* weight = taps.weights;
  for (int32_t x = 0; x < taps.pixels; ++x) {
    const uint8_t* left = row + taps.offsets[x];
    const uint8_t* right = left + taps.tap_bytes;
    for (int32_t c = 0; c < taps.components; ++c, weight += 2) {
      *out++ = static_cast<int16_t>((left[c] * weight[0] + right[c] * weight[1]) >> 4);
    }
  }
}

void blend_rows(const int16_t* a, const int16_t* b, int wa, int wb, uint8_t* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    out[i] = clamp_byte((((a[i] * wa) >> 16) + ((b[i] * wb) >> 16) + 2) >> 2);
  }
}

void scale_rows(const uint8_t* first, const uint8_t* second, const RowTaps& taps, int wa, int wb,
                uint8_t* out) {
  const int16_t* weight = taps.weights;
  for (int32_t x = 0; x < taps.pixels; ++x) {
    const int32_t left = taps.offsets[x];
    const int32_t right = left + taps.tap_bytes;
    for (int32_t c = 0; c < taps.components; ++c, weight += 2) {
      const int a = (first[left + c] * weight[0] + first[right + c] * weight[1]) >> 4;
      const int b = (second[left + c] * weight[0] + second[right + c] * weight[1]) >> 4;
      *out++ = clamp_byte((((a * wa) >> 16) + ((b * wb) >> 16) + 2) >> 2);
    }
  }
}

template <int C>
void split(const uint8_t* pixels, uint8_t* const* lines, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    for (int c = 0; c < C; ++c) lines[c][i] = pixels[i * C + c];
  }
}

template <int C>
void merge(const uint8_t* const* lines, uint8_t* pixels, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    for (int c = 0; c < C; ++c) pixels[i * C + c] = lines[c][i];
  }
}

void yuv_to_rgb(const uint8_t* const* yuv, int shift_x, const RowCsc& csc, uint8_t* const* rgb,
                int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const int y = product15(yuv[0][i] * 128 - csc.y_offset, csc.y);
    const int u = (yuv[1][i >> shift_x] - 128) * 128;
    const int v = (yuv[2][i >> shift_x] - 128) * 128;
    // 5 bits after the point.
    const int red = y + product15(v, csc.v_red);
    const int green = y + product15(u, csc.u_green) + product15(v, csc.v_green);
    const int blue = y + product15(u, csc.u_blue);
    rgb[0][i] = clamp_byte((red + 16) >> 5);
    rgb[1][i] = clamp_byte((green + 16) >> 5);
    rgb[2][i] = clamp_byte((blue + 16) >> 5);
  }
}

// r, g, b with 7 bits after the point; saturates at 15 bits as the vector instructions do.
uint8_t from_rgb(int r, int g, int b, const RowCsc& csc, int row) {
  const int16_t* k = csc.from_rgb[row];
  int sum = product15(r, k[0]) + product15(g, k[1]) + product15(b, k[2]) + csc.offset[row];
  if (sum > 32767) sum = 32767;
  return clamp_byte(sum >> 7);
}

void rgb_to_luma(const uint8_t* const* rgb, const RowCsc& csc, uint8_t* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    y[i] = from_rgb(rgb[0][i] * 128, rgb[1][i] * 128, rgb[2][i] * 128, csc, 0);
  }
}

// Sum of the four samples (or twice two, or four times one) that become one.
int sum_of_four(const uint8_t* row0, const uint8_t* row1, int shift_x, int64_t i, int64_t n) {
  const int64_t left = i << shift_x;
  const int64_t right = shift_x == 0 || left + 1 >= n ? left : left + 1;
  return row0[left] + row0[right] + row1[left] + row1[right];
}

void sum_pixels(const uint8_t* row0, const uint8_t* row1, int shift_x, int16_t* out, int64_t n) {
  for (int64_t i = 0; i < (n + shift_x) >> shift_x; ++i) {
    out[i] = static_cast<int16_t>(sum_of_four(row0, row1, shift_x, i, n) * 32);
  }
}

void sums_to_chroma(const int16_t* const* rgb, const RowCsc& csc, uint8_t* u, uint8_t* v,
                    int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    u[i] = from_rgb(rgb[0][i], rgb[1][i], rgb[2][i], csc, 1);
    v[i] = from_rgb(rgb[0][i], rgb[1][i], rgb[2][i], csc, 2);
  }
}

void mean(const uint8_t* row0, const uint8_t* row1, int shift_x, uint8_t* out, int64_t n) {
  for (int64_t i = 0; i < (n + shift_x) >> shift_x; ++i) {
    out[i] = static_cast<uint8_t>((sum_of_four(row0, row1, shift_x, i, n) + 2) >> 2);
  }
}

constexpr RowKernels kKernels = {
    scale_row, blend_rows, scale_rows, split<2>,    split<3>,   split<4>,       merge<2>,
    merge<3>,  merge<4>,   yuv_to_rgb, rgb_to_luma, sum_pixels, sums_to_chroma, mean,
};

}  // namespace

const RowKernels& row_kernels_generic() {
  return kKernels;
}

}  // namespace poacl::media
