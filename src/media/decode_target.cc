#include "media/decode_target.h"

#include <algorithm>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "media/jpeg/jpeg_encode.h"

namespace poacl::media {
namespace {

constexpr std::string_view kOutput = "output picture";

Status wrong(std::string sentence) {
  return {ACL_ERROR_INVALID_PARAM, fmt::format("{}: {}", kOutput, sentence)};
}

Result<PixelFormat> format_of(int64_t number) {
  if (number == static_cast<int64_t>(PixelFormat::kUnknown)) return PixelFormat::kUnknown;
  const bool in_range = number >= 0 && number <= INT32_MAX;
  const FormatInfo* info = in_range ? find_format(static_cast<int32_t>(number)) : nullptr;
  if (info != nullptr) return info->format;
  return wrong(
      fmt::format("format {} given, which nothing can be decoded to: pass 1 "
                  "(YUV_SEMIPLANAR_420), 12 (RGB_888) or 10000 (as in the file)",
                  number));
}

struct Alignment {
  int64_t pixels;  // of the width stride
  int64_t rows;
};

// The chip's strides for a decoded picture.
Picture with_chip_strides(PixelFormat format, PictureSize size, const Alignment& alignment) {
  const FormatInfo& info = format_info(format);
  Picture picture;
  picture.format = format;
  picture.width = size.width;
  picture.height = size.height;
  picture.width_stride =
      static_cast<int32_t>(align_up(size.width, alignment.pixels) * info.bytes_per_pixel);
  picture.height_stride = static_cast<int32_t>(align_up(size.height, alignment.rows));
  return picture;
}

int64_t bytes_of(const Picture& picture) {
  return strided_bytes(format_info(picture.format), picture.width_stride, picture.height_stride);
}

Status check_strict_strides(const Picture& picture, const Picture& chip,
                            const Alignment& alignment) {
  const int64_t unit = alignment.pixels * format_info(picture.format).bytes_per_pixel;
  if (picture.width_stride % unit == 0 && picture.height_stride % alignment.rows == 0) return {};
  return wrong(
      fmt::format("strides {} x {} given; the chip decodes to multiples of {} and {} "
                  "(POACL_STRICT_MEDIA=1): pass {} x {}",
                  picture.width_stride, picture.height_stride, unit, alignment.rows,
                  chip.width_stride, chip.height_stride));
}

// `chip` has format, size and the chip's strides; the result has those that are used.
Result<Picture> place(const Picture& chip, const PictureNumbers& asked, const Alignment& alignment,
                      const Rulebook& book) {
  const FormatInfo& info = format_info(chip.format);
  if (asked.data == nullptr) return wrong("the address of its data is null: set it");
  Picture picture = chip;
  picture.data = static_cast<uint8_t*>(asked.data);
  picture.size = asked.size;
  const int64_t least = min_width_stride(info, picture.width);
  constexpr int64_t most = 1 << 20;
  if (asked.width_stride != 0) {
    if (asked.width_stride < least || asked.width_stride > most) {
      return wrong(
          fmt::format("width stride {} given, the decoded picture has width {} and needs "
                      "at least {} bytes for a row of {}; pass {}, or 0 for that",
                      asked.width_stride, picture.width, least, info.name, chip.width_stride));
    }
    picture.width_stride = static_cast<int32_t>(asked.width_stride);
  }
  if (asked.height_stride != 0) {
    if (asked.height_stride < picture.height || asked.height_stride > most) {
      return wrong(
          fmt::format("height stride {} given, the decoded picture has height {}; pass "
                      "{}, or 0 for that",
                      asked.height_stride, picture.height, chip.height_stride));
    }
    picture.height_stride = static_cast<int32_t>(asked.height_stride);
  }
  if (book.strict) POACL_RETURN_IF_ERROR(check_strict_strides(picture, chip, alignment));
  const auto needed = [&book](const Picture& p) {
    return static_cast<size_t>(book.strict ? bytes_of(p) : touched_bytes(p));
  };
  if (needed(picture) <= picture.size) return picture;
  const size_t for_asked = needed(picture);
  const int64_t unit = alignment.pixels * info.bytes_per_pixel;
  for (int64_t stride = (picture.width_stride - 1) / unit * unit; !book.strict && stride >= least;
       stride -= unit) {
    picture.width_stride = static_cast<int32_t>(stride);
    if (needed(picture) <= picture.size) return picture;
  }
  return wrong(
      fmt::format("size {} given; {} of {} x {} pixels with strides {} x {} needs at least "
                  "{}: allocate {} (what the predict call tells)",
                  asked.size, info.name, chip.width, chip.height,
                  asked.width_stride != 0 ? asked.width_stride : chip.width_stride,
                  asked.height_stride != 0 ? asked.height_stride : chip.height_stride, for_asked,
                  bytes_of(chip)));
}

// Strict media: the size that is asked for is 0 or one that the file can be said to have.
Status check_asked_size(const PictureNumbers& asked, PictureSize file, PictureSize decoded) {
  const auto fits = [](int64_t wanted, int32_t of_file, int32_t of_result) {
    return wanted == 0 || wanted == of_result || wanted == of_file || wanted == of_file + 1;
  };
  if (fits(asked.width, file.width, decoded.width) &&
      fits(asked.height, file.height, decoded.height)) {
    return {};
  }
  return wrong(fmt::format(
      "{} x {} pixels given; the file has {} x {} and is decoded to {} x {} "
      "(POACL_STRICT_MEDIA=1): pass that, or 0",
      asked.width, asked.height, file.width, file.height, decoded.width, decoded.height));
}

Result<uint32_t> fits_32_bits(const Picture& picture) {
  const int64_t bytes = bytes_of(picture);
  if (bytes <= int64_t{UINT32_MAX}) return static_cast<uint32_t>(bytes);
  return wrong(
      fmt::format("{} x {} pixels of {} take {} bytes, which is more than 32 bits can "
                  "tell",
                  picture.width, picture.height, format_info(picture.format).name, bytes));
}

Alignment jpeg_alignment(const MediaRules& rules) {
  return {rules.jpegd_stride_align, kDecodedHeightAlign};
}

constexpr Alignment kPngAlignment = {kPngdStridePixels, kDecodedHeightAlign};

// Sides of any file fit strides of 32 bits, but not those of files a decoder will never be given
// room for.
Status check_sides(int32_t width, int32_t height) {
  constexpr int32_t kMost = 65535;
  if (width <= kMost && height <= kMost) return {};
  return wrong(fmt::format("the file has {} x {} pixels; {} is the most of either side", width,
                           height, kMost));
}

}  // namespace

Result<Picture> jpeg_target(const JpegInfo& info, const PictureNumbers& asked, JpegOddSize odd_size,
                            const Rulebook& book) {
  POACL_ASSIGN_OR_RETURN(PixelFormat format, format_of(asked.format));
  POACL_RETURN_IF_ERROR(check_jpeg_output(info, format));
  if (format == PixelFormat::kUnknown) format = jpeg_native_format(info);
  const PictureSize decoded = jpeg_decoded_size(info, odd_size);
  if (book.strict) {
    const bool turned = info.orientation >= 5;
    const PictureSize file = {turned ? info.height : info.width, turned ? info.width : info.height};
    POACL_RETURN_IF_ERROR(check_asked_size(asked, file, decoded));
    const int32_t most = book.rules.max_jpeg_side;
    if (std::min(file.width, file.height) < kMinJpegSide ||
        std::max(file.width, file.height) > most) {
      return wrong(
          fmt::format("the file has {} x {} pixels; the chip decodes {} x {} to {} x {} "
                      "(POACL_STRICT_MEDIA=1)",
                      file.width, file.height, kMinJpegSide, kMinJpegSide, most, most));
    }
  }
  const Alignment alignment = jpeg_alignment(book.rules);
  return place(with_chip_strides(format, decoded, alignment), asked, alignment, book);
}

Result<Picture> png_target(const PngInfo& info, const PictureNumbers& asked,
                           const PngDecodeOptions& options, const Rulebook& book) {
  POACL_ASSIGN_OR_RETURN(PixelFormat format, format_of(asked.format));
  POACL_RETURN_IF_ERROR(check_sides(info.width, info.height));
  POACL_RETURN_IF_ERROR(check_png_output(info, format, options));
  if (format == PixelFormat::kUnknown) format = png_natural_format(info);
  const PictureSize size = {info.width, info.height};
  // The decoder of the chips takes other strides than its own.
  if (book.strict) POACL_RETURN_IF_ERROR(check_asked_size(asked, size, size));
  const Rulebook loose = {book.rules, false};
  return place(with_chip_strides(format, size, kPngAlignment), asked, kPngAlignment, loose);
}

Result<uint32_t> jpeg_decoded_bytes(const JpegInfo& info, int64_t format, const MediaRules& rules) {
  POACL_ASSIGN_OR_RETURN(PixelFormat wanted, format_of(format));
  POACL_RETURN_IF_ERROR(check_jpeg_output(info, wanted));
  if (wanted == PixelFormat::kUnknown) wanted = jpeg_native_format(info);
  const PictureSize size = jpeg_decoded_size(info, JpegOddSize::kAlignUp);
  return fits_32_bits(with_chip_strides(wanted, size, jpeg_alignment(rules)));
}

Result<uint32_t> png_decoded_bytes(const PngInfo& info, int64_t format,
                                   const PngDecodeOptions& options) {
  POACL_ASSIGN_OR_RETURN(PixelFormat wanted, format_of(format));
  POACL_RETURN_IF_ERROR(check_sides(info.width, info.height));
  POACL_RETURN_IF_ERROR(check_png_output(info, wanted, options));
  if (wanted == PixelFormat::kUnknown) wanted = png_natural_format(info);
  return fits_32_bits(with_chip_strides(wanted, {info.width, info.height}, kPngAlignment));
}

uint32_t jpeg_encoded_bytes(const Picture& picture) {
  constexpr int64_t kSlack = 64 << 10;
  const FormatInfo& info = format_info(picture.format);
  const int64_t stride = align_up(min_width_stride(info, picture.width), kJpegeStrideAlign);
  const int64_t rows = align_up(picture.height, kDecodedHeightAlign);
  const int64_t bound = (info.plane_count == 1 ? stride * rows : stride * rows * 3 / 2) + kSlack;
  return static_cast<uint32_t>(std::min<int64_t>(
      UINT32_MAX, std::max<int64_t>(bound, static_cast<int64_t>(max_jpeg_bytes(picture)))));
}

}  // namespace poacl::media
