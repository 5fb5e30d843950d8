// Pixel formats: how each lies in memory (spec: vpc section 1). The one table of every media
// function; the numbers are those of acldvppPixelFormat and hi_pixel_format.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace poacl::media {

enum class PixelFormat : int32_t {
  kYuv400 = 0,
  kYuvSemi420 = 1,  // NV12
  kYvuSemi420 = 2,  // NV21
  kYuvSemi422 = 3,  // NV16
  kYvuSemi422 = 4,  // NV61
  kYuvSemi444 = 5,  // NV24
  kYvuSemi444 = 6,  // NV42
  kYuyv422 = 7,
  kUyvy422 = 8,
  kYvyu422 = 9,
  kVyuy422 = 10,
  kYuvPacked444 = 11,
  kRgb888 = 12,
  kBgr888 = 13,
  kArgb8888 = 14,
  kAbgr8888 = 15,
  kRgba8888 = 16,
  kBgra8888 = 17,
  kYvuPlanar420 = 20,
  kYvuPlanar422 = 21,
  kYvuPlanar444 = 22,
  kYuvPlanar420 = 55,
  kYuvPlanar422 = 56,
  kYuvPlanar444 = 57,
  kYuvPlanar440 = 65,
  kYvuPlanar440 = 66,
  kRgbPlanar = 69,
  kBgrPlanar = 70,
  kYuvSemi440 = 1000,
  kYvuSemi440 = 1001,
  kUnknown = 10000,  // "decide for me", decoders only
};

// One plane: `components` interleaved samples per position, every sample one byte.
struct PlaneLayout {
  uint8_t shift_x = 0;     // width of the plane is the picture's, halved (rounded up) if 1
  uint8_t shift_y = 0;     // the same for its height
  uint8_t components = 1;  // samples at each position
  // Bytes of a row = width stride * stride_numerator / stride_denominator.
  uint8_t stride_numerator = 1;
  uint8_t stride_denominator = 1;
  // What each sample is: 'Y' 'U' 'V' 'R' 'G' 'B' 'A'. Packed 4:2:2 formats have four samples for
  // two pixels ("YUYV"): there one position is a pair of pixels.
  std::array<char, 4> samples = {};
};

enum class ColourModel { kGray, kYuv, kRgb };

struct FormatInfo {
  PixelFormat format;
  std::string_view name;  // "YUV_SEMIPLANAR_420"
  ColourModel model;
  uint8_t chroma_shift_x = 0;  // chroma is subsampled horizontally
  uint8_t chroma_shift_y = 0;
  uint8_t bytes_per_pixel = 1;  // of the first plane: smallest width stride = width times this
  uint8_t plane_count = 1;
  std::array<PlaneLayout, 3> planes = {};
};

// Every format but kUnknown, in the order of their numbers.
std::span<const FormatInfo> pixel_formats() noexcept;

// Null for a number that is no format (or kUnknown).
const FormatInfo* find_format(int32_t number) noexcept;

// For a format known to be in the table.
const FormatInfo& format_info(PixelFormat format) noexcept;

}  // namespace poacl::media
