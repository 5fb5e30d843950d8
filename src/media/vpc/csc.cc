#include "media/vpc/csc.h"

#include <cstddef>

namespace poacl::media {
namespace {

// From the weights of red and blue in luma; narrow has luma in 16..235, chroma in 16..240.
constexpr Csc make(double red, double blue, bool narrow) {
  const double green = 1 - red - blue;
  const double luma = narrow ? 219.0 / 255 : 1.0;
  const double chroma = narrow ? 224.0 / 255 : 1.0;
  const double v = 2 * (1 - red);  // R - Y as a multiple of V
  const double u = 2 * (1 - blue);
  Csc csc;
  csc.to_rgb = {{{1 / luma, 0, v / chroma},
                 {1 / luma, -u * blue / green / chroma, -v * red / green / chroma},
                 {1 / luma, u / chroma, 0}}};
  csc.to_rgb_offset = {narrow ? 16.0 : 0.0, 128, 128};
  csc.to_yuv = {{{red * luma, green * luma, blue * luma},
                 {-red / u * chroma, -green / u * chroma, 0.5 * chroma},
                 {0.5 * chroma, -green / v * chroma, -blue / v * chroma}}};
  csc.to_yuv_offset = csc.to_rgb_offset;
  return csc;
}

constexpr std::array<Csc, 6> kMatrices = {
    make(0.299, 0.114, false),  make(0.299, 0.114, true),    make(0.2126, 0.0722, false),
    make(0.2126, 0.0722, true), make(0.2627, 0.0593, false), make(0.2627, 0.0593, true),
};

}  // namespace

const Csc& csc(CscMatrix matrix) noexcept {
  return kMatrices[static_cast<size_t>(matrix)];
}

const Csc* find_csc(int64_t number) noexcept {
  if (number < 0 || number >= static_cast<int64_t>(kMatrices.size())) return nullptr;
  return &kMatrices[static_cast<size_t>(number)];
}

}  // namespace poacl::media
