// What is asked of pictures: the rules of every chip in one table (spec: vpc section 1, jpeg-png,
// media-memory), and checking what a caller says about a picture or an area of it against them.
//
// There are two levels. What is unsafe - rows that overlap or leave their buffer - is refused
// always. What only a chip refuses - alignment, limits of size, formats - is refused in strict
// media (POACL_STRICT_MEDIA=1), so that a program can be made ready for the board.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/soc_profile.h"
#include "base/status.h"
#include "media/picture.h"

namespace poacl::media {

struct MediaRules {
  SocFamily family;
  // Pixel processor (VPC). The width stride is a multiple of this many pixels' bytes.
  int32_t stride_pixels;
  int32_t min_stride;  // bytes
  int32_t height_align;
  int32_t max_input;  // pixels of either side, with any format
  int32_t max_output_width;
  int32_t max_output_height;
  bool only_semi420_output;
  bool only_semi420_above_4096;  // else these: gray, semi-planar 420, 422, 444, packed 422
  bool even_areas;               // an area begins at even and ends at odd positions
  int32_t paste_left_align;      // an area to paste into begins at a multiple of this
  int32_t max_shrink;            // each side; 0: any
  int32_t max_enlarge;
  // Colour conversion of its own, borders, pyramids, histograms, channel modes and matrices.
  bool has_new_functions;
  // JPEG and PNG.
  int32_t jpegd_stride_align;  // pixels; rows are a multiple of 16 everywhere
  int32_t max_jpeg_side;
};

inline constexpr int32_t kMinVpcWidth = 10;
inline constexpr int32_t kMinVpcHeight = 6;
inline constexpr int32_t kMaxVpcSide = 8192;  // what any chip's pixel processor reads
inline constexpr int32_t kMaxStride = 16384;  // strict media: width (bytes) and height stride
inline constexpr int32_t kMinHeightStride = 6;
inline constexpr int32_t kMinJpegSide = 32;
inline constexpr int32_t kDecodedHeightAlign = 16;
inline constexpr int32_t kJpegeStrideAlign = 16;
inline constexpr int32_t kPngdStridePixels = 128;

const MediaRules& media_rules(SocFamily family) noexcept;

// The level of checking and the chip.
struct Rulebook {
  const MediaRules& rules;
  bool strict = false;
};

// A picture as its owner describes it: nothing has been checked.
struct PictureNumbers {
  int64_t format = 0;
  int64_t width = 0;
  int64_t height = 0;
  int64_t width_stride = 0;   // bytes
  int64_t height_stride = 0;  // rows
  void* data = nullptr;
  size_t size = 0;  // bytes at data
};

enum class PictureUse { kVpcInput, kVpcOutput, kJpegEncode };

// Bytes of the smallest width stride with which the rows of no plane overlap.
int64_t min_width_stride(const FormatInfo& info, int64_t width) noexcept;

// The strides that the chip wants for a picture of the pixel processor.
int64_t chip_width_stride(const FormatInfo& info, int64_t width, const MediaRules& rules) noexcept;
int64_t chip_height_stride(const FormatInfo& info, int64_t height,
                           const MediaRules& rules) noexcept;

// value rounded up to a multiple of `to`.
constexpr int64_t align_up(int64_t value, int64_t to) noexcept {
  return (value + to - 1) / to * to;
}

// The picture that the numbers describe, safe to be read and written within numbers.size bytes at
// numbers.data. 100000 with the number found, the one needed and the one to pass; the sentence
// begins with `what` ("input picture").
Result<Picture> check_picture_numbers(const PictureNumbers& numbers, PictureUse use,
                                      std::string_view what, const Rulebook& book);

// An area as its owner describes it; all four belong to it.
struct AreaNumbers {
  int64_t left = 0;
  int64_t right = 0;
  int64_t top = 0;
  int64_t bottom = 0;
};

enum class AreaUse { kCrop, kPaste };

// The area inside the picture; 100000 otherwise.
Result<Rect> check_area_numbers(const AreaNumbers& area, const Picture& picture, AreaUse use,
                                std::string_view what, const Rulebook& book);

// Strict media: the chip can scale `from` to `to`; 100000 otherwise.
Status check_scaling(const Rect& from, const Rect& to, std::string_view what, const Rulebook& book);

// 100000 when the two pictures share bytes.
Status check_apart(const Picture& input, const Picture& output, std::string_view what);

}  // namespace poacl::media
