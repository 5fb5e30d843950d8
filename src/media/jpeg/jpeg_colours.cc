#include "media/jpeg/jpeg_colours.h"

namespace poacl::media {
namespace {

constexpr int kBits = 16;
constexpr int32_t fixed(double value) {
  return static_cast<int32_t>(value * (1 << kBits) + (value < 0 ? -0.5 : 0.5));
}
constexpr int32_t kHalf = 1 << (kBits - 1);
// Just below a half more, so that the largest blue or red does not become 256.
constexpr int32_t kChroma = (128 << kBits) + kHalf - 1;

uint8_t times(int a, int b) {
  return static_cast<uint8_t>((a * b + 127) / 255);
}

}  // namespace

void rgb_to_planes(const uint8_t* rgb, uint8_t* y, uint8_t* u, uint8_t* v, int32_t pixels) {
  for (int32_t i = 0; i < pixels; ++i, rgb += 3) {
    const int32_t r = rgb[0];
    const int32_t g = rgb[1];
    const int32_t b = rgb[2];
    y[i] = static_cast<uint8_t>((fixed(0.299) * r + fixed(0.587) * g + fixed(0.114) * b + kHalf) >>
                                kBits);
    u[i] = static_cast<uint8_t>(
        (fixed(-0.168735892) * r + fixed(-0.331264108) * g + fixed(0.5) * b + kChroma) >> kBits);
    v[i] = static_cast<uint8_t>(
        (fixed(0.5) * r + fixed(-0.418687589) * g + fixed(-0.081312411) * b + kChroma) >> kBits);
  }
}

void ycc_to_planes(const uint8_t* ycc, uint8_t* y, uint8_t* u, uint8_t* v, int32_t pixels) {
  for (int32_t i = 0; i < pixels; ++i, ycc += 3) {
    y[i] = ycc[0];
    u[i] = ycc[1];
    v[i] = ycc[2];
  }
}

void cmyk_to_rgb(const uint8_t* cmyk, bool inverted, uint8_t* rgb, int32_t pixels) {
  const uint8_t flip = inverted ? 0 : 0xFF;
  for (int32_t i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
    const int light = cmyk[3] ^ flip;
    for (int c = 0; c < 3; ++c) rgb[c] = times(cmyk[c] ^ flip, light);
  }
}

}  // namespace poacl::media
