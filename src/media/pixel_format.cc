#include "media/pixel_format.h"

#include <algorithm>

namespace poacl::media {
namespace {

constexpr PlaneLayout kLuma = {.samples = {'Y'}};

constexpr FormatInfo semi(PixelFormat format, std::string_view name, uint8_t shift_x,
                          uint8_t shift_y, bool v_first) {
  FormatInfo info = {format, name, ColourModel::kYuv, shift_x, shift_y, 1, 2};
  info.planes[0] = kLuma;
  info.planes[1] = {shift_x, shift_y, 2, static_cast<uint8_t>(shift_x ? 1 : 2), 1};
  info.planes[1].samples = v_first ? std::array<char, 4>{'V', 'U'} : std::array<char, 4>{'U', 'V'};
  return info;
}

constexpr FormatInfo planar(PixelFormat format, std::string_view name, uint8_t shift_x,
                            uint8_t shift_y, bool v_first) {
  FormatInfo info = {format, name, ColourModel::kYuv, shift_x, shift_y, 1, 3};
  info.planes[0] = kLuma;
  for (int i = 1; i < 3; ++i) {
    info.planes[i] = {shift_x, shift_y, 1, 1, static_cast<uint8_t>(shift_x ? 2 : 1)};
    info.planes[i].samples = {(i == 1) == v_first ? 'V' : 'U'};
  }
  return info;
}

constexpr FormatInfo packed(PixelFormat format, std::string_view name, ColourModel model,
                            std::array<char, 4> samples, uint8_t bytes) {
  FormatInfo info = {format, name, model, 0, 0, bytes, 1};
  info.planes[0] = {.components = bytes, .samples = samples};
  return info;
}

// Two pixels share four samples.
constexpr FormatInfo packed422(PixelFormat format, std::string_view name,
                               std::array<char, 4> samples) {
  FormatInfo info = {format, name, ColourModel::kYuv, 1, 0, 2, 1};
  info.planes[0] = {.shift_x = 1, .components = 4, .samples = samples};
  return info;
}

constexpr FormatInfo rgb_planes(PixelFormat format, std::string_view name,
                                std::array<char, 3> order) {
  FormatInfo info = {format, name, ColourModel::kRgb, 0, 0, 1, 3};
  for (int i = 0; i < 3; ++i) info.planes[i] = {.samples = {order[i]}};
  return info;
}

using F = PixelFormat;
constexpr FormatInfo kGray = {F::kYuv400, "YUV_400", ColourModel::kGray, 0, 0, 1, 1, {kLuma}};

constexpr FormatInfo kFormats[] = {
    kGray,
    semi(F::kYuvSemi420, "YUV_SEMIPLANAR_420", 1, 1, false),
    semi(F::kYvuSemi420, "YVU_SEMIPLANAR_420", 1, 1, true),
    semi(F::kYuvSemi422, "YUV_SEMIPLANAR_422", 1, 0, false),
    semi(F::kYvuSemi422, "YVU_SEMIPLANAR_422", 1, 0, true),
    semi(F::kYuvSemi444, "YUV_SEMIPLANAR_444", 0, 0, false),
    semi(F::kYvuSemi444, "YVU_SEMIPLANAR_444", 0, 0, true),
    packed422(F::kYuyv422, "YUYV_PACKED_422", {'Y', 'U', 'Y', 'V'}),
    packed422(F::kUyvy422, "UYVY_PACKED_422", {'U', 'Y', 'V', 'Y'}),
    packed422(F::kYvyu422, "YVYU_PACKED_422", {'Y', 'V', 'Y', 'U'}),
    packed422(F::kVyuy422, "VYUY_PACKED_422", {'V', 'Y', 'U', 'Y'}),
    packed(F::kYuvPacked444, "YUV_PACKED_444", ColourModel::kYuv, {'Y', 'U', 'V'}, 3),
    packed(F::kRgb888, "RGB_888", ColourModel::kRgb, {'R', 'G', 'B'}, 3),
    packed(F::kBgr888, "BGR_888", ColourModel::kRgb, {'B', 'G', 'R'}, 3),
    packed(F::kArgb8888, "ARGB_8888", ColourModel::kRgb, {'A', 'R', 'G', 'B'}, 4),
    packed(F::kAbgr8888, "ABGR_8888", ColourModel::kRgb, {'A', 'B', 'G', 'R'}, 4),
    packed(F::kRgba8888, "RGBA_8888", ColourModel::kRgb, {'R', 'G', 'B', 'A'}, 4),
    packed(F::kBgra8888, "BGRA_8888", ColourModel::kRgb, {'B', 'G', 'R', 'A'}, 4),
    planar(F::kYvuPlanar420, "YVU_PLANAR_420", 1, 1, true),
    planar(F::kYvuPlanar422, "YVU_PLANAR_422", 1, 0, true),
    planar(F::kYvuPlanar444, "YVU_PLANAR_444", 0, 0, true),
    planar(F::kYuvPlanar420, "YUV_PLANAR_420", 1, 1, false),
    planar(F::kYuvPlanar422, "YUV_PLANAR_422", 1, 0, false),
    planar(F::kYuvPlanar444, "YUV_PLANAR_444", 0, 0, false),
    planar(F::kYuvPlanar440, "YUV_PLANAR_440", 0, 1, false),
    planar(F::kYvuPlanar440, "YVU_PLANAR_440", 0, 1, true),
    rgb_planes(F::kRgbPlanar, "RGB_888_PLANAR", {'R', 'G', 'B'}),
    rgb_planes(F::kBgrPlanar, "BGR_888_PLANAR", {'B', 'G', 'R'}),
    semi(F::kYuvSemi440, "YUV_SEMIPLANAR_440", 0, 1, false),
    semi(F::kYvuSemi440, "YVU_SEMIPLANAR_440", 0, 1, true),
};

}  // namespace

std::span<const FormatInfo> pixel_formats() noexcept {
  return kFormats;
}

const FormatInfo* find_format(int32_t number) noexcept {
  const auto found =
      std::ranges::find(kFormats, static_cast<PixelFormat>(number), &FormatInfo::format);
  return found == std::end(kFormats) ? nullptr : found;
}

const FormatInfo& format_info(PixelFormat format) noexcept {
  return *find_format(static_cast<int32_t>(format));
}

}  // namespace poacl::media
