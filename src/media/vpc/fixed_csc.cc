#include "media/vpc/fixed_csc.h"

#include <algorithm>
#include <cmath>

namespace poacl::media {
namespace {

constexpr double kSum128 = 128;  // sums_to_chroma's inputs are means times this

int16_t fixed(double value, int bits) {
  return static_cast<int16_t>(std::lrint(std::ldexp(value, bits)));
}

uint8_t to_byte(double value) {
  // Not NaN: a user's matrix may be anything.
  if (!(value > 0)) return 0;
  return static_cast<uint8_t>(std::floor(std::min(value, 255.0) + 0.5));
}

double dot(const Csc::Row& row, double a, double b, double c) {
  return row[0] * a + row[1] * b + row[2] * c;
}

// Everything the kernel leaves out is nothing, and no sum leaves 16 bits.
bool to_rgb_fits(const Csc& csc) {
  const auto& m = csc.to_rgb;
  if (m[0][0] != m[1][0] || m[0][0] != m[2][0] || m[0][1] != 0 || m[2][2] != 0) return false;
  if (csc.to_rgb_offset[1] != 128 || csc.to_rgb_offset[2] != 128) return false;
  if (!(csc.to_rgb_offset[0] >= 0 && csc.to_rgb_offset[0] <= 64)) return false;
  double chroma = 0;
  for (const auto& row : m) chroma = std::max(chroma, std::abs(row[1]) + std::abs(row[2]));
  return std::abs(m[0][0]) <= 2 && chroma <= 3.5;
}

bool to_yuv_fits(const Csc& csc) {
  for (int i = 0; i < 3; ++i) {
    double positive = 0;
    double negative = 0;
    for (const double k : csc.to_yuv[static_cast<size_t>(i)]) (k > 0 ? positive : negative) += k;
    if (!(positive < 1.00001 && negative > -1)) return false;
    if (!(csc.to_yuv_offset[static_cast<size_t>(i)] >= 0 &&
          csc.to_yuv_offset[static_cast<size_t>(i)] <= 128)) {
      return false;
    }
    for (const double k : csc.to_yuv[static_cast<size_t>(i)]) {
      if (k > 0.9999) return false;
    }
  }
  return true;
}

}  // namespace

FixedCsc::FixedCsc(const Csc& csc) noexcept
    : exact(csc), to_rgb_fits(media::to_rgb_fits(csc)), to_yuv_fits(media::to_yuv_fits(csc)) {
  if (to_rgb_fits) {
    const auto& m = csc.to_rgb;
    row.y = fixed(m[0][0], 13);
    row.v_red = fixed(m[0][2], 13);
    row.u_green = fixed(m[1][1], 13);
    row.v_green = fixed(m[1][2], 13);
    row.u_blue = fixed(m[2][1], 13);
    row.y_offset = fixed(csc.to_rgb_offset[0], 7);
  }
  if (to_yuv_fits) {
    for (size_t i = 0; i < 3; ++i) {
      for (size_t k = 0; k < 3; ++k) row.from_rgb[i][k] = fixed(csc.to_yuv[i][k], 15);
      row.offset[i] = static_cast<int16_t>(fixed(csc.to_yuv_offset[i], 7) + 64);
    }
  }
}

void yuv_to_rgb_exact(const uint8_t* const* yuv, int shift_x, const Csc& csc, uint8_t* const* rgb,
                      int64_t n) noexcept {
  const auto& offset = csc.to_rgb_offset;
  for (int64_t i = 0; i < n; ++i) {
    const double y = yuv[0][i] - offset[0];
    const double u = yuv[1][i >> shift_x] - offset[1];
    const double v = yuv[2][i >> shift_x] - offset[2];
    for (size_t c = 0; c < 3; ++c) rgb[c][i] = to_byte(dot(csc.to_rgb[c], y, u, v));
  }
}

void rgb_to_luma_exact(const uint8_t* const* rgb, const Csc& csc, uint8_t* y, int64_t n) noexcept {
  for (int64_t i = 0; i < n; ++i) {
    y[i] = to_byte(dot(csc.to_yuv[0], rgb[0][i], rgb[1][i], rgb[2][i]) + csc.to_yuv_offset[0]);
  }
}

void sums_to_chroma_exact(const int16_t* const* rgb, const Csc& csc, uint8_t* u, uint8_t* v,
                          int64_t n) noexcept {
  for (int64_t i = 0; i < n; ++i) {
    const double r = rgb[0][i] / kSum128;
    const double g = rgb[1][i] / kSum128;
    const double b = rgb[2][i] / kSum128;
    u[i] = to_byte(dot(csc.to_yuv[1], r, g, b) + csc.to_yuv_offset[1]);
    v[i] = to_byte(dot(csc.to_yuv[2], r, g, b) + csc.to_yuv_offset[2]);
  }
}

std::array<uint8_t, 3> rgb_to_yuv(const Csc& csc, const std::array<uint8_t, 3>& rgb) noexcept {
  std::array<uint8_t, 3> yuv = {};
  for (size_t c = 0; c < 3; ++c) {
    yuv[c] = to_byte(dot(csc.to_yuv[c], rgb[0], rgb[1], rgb[2]) + csc.to_yuv_offset[c]);
  }
  return yuv;
}

}  // namespace poacl::media
