#include "media/picture_rules.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "acl/acl_base.h"

namespace poacl::media {
namespace {

// Nothing larger is a picture: sizes in bytes stay below 2^31 times some planes.
constexpr int64_t kMaxSide = 16384;
constexpr int64_t kMaxAnyStride = kMaxSide * 4;
constexpr int64_t k8kSide = 4096;

// Family, stride, smallest stride, rows, input, output, 420 only: out and big in, even areas, left
// of pasting, shrink, enlarge, new functions, JPEG stride, JPEG side.
constexpr MediaRules kRules[] = {
    {SocFamily::k310, 16, 32, 2, 8192, 4096, 4096, true, true, true, 16, 32, 16, false, 128, 8192},
    {SocFamily::k910, 16, 32, 2, 8192, 4096, 4096, true, true, true, 16, 32, 16, false, 128, 8192},
    {SocFamily::k310P, 16, 32, 2, 8192, 4096, 4096, false, false, false, 16, 32, 16, true, 64,
     8192},
    {SocFamily::k310B, 1, 10, 1, 8192, 4096, 8192, false, false, false, 1, 0, 0, true, 64, 16384},
    {SocFamily::k910B, 1, 10, 1, 8192, 4096, 8192, false, false, false, 1, 0, 0, true, 64, 8192},
};

Status wrong(std::string_view what, const std::string& sentence) {
  return {ACL_ERROR_INVALID_PARAM, fmt::format("{}: {}", what, sentence)};
}

// "the chip of this profile needs X": how every sentence of strict media ends.
Status refused(std::string_view what, const std::string& sentence, const Rulebook& book) {
  constexpr std::string_view kNames[] = {"310", "310P", "310B", "910", "910B"};
  return wrong(what, fmt::format("{} on the {} (POACL_STRICT_MEDIA=1)", sentence,
                                 kNames[static_cast<int>(book.rules.family)]));
}

bool is_semi420(PixelFormat format) {
  return format == PixelFormat::kYuvSemi420 || format == PixelFormat::kYvuSemi420;
}

bool is_packed422(PixelFormat format) {
  return format >= PixelFormat::kYuyv422 && format <= PixelFormat::kVyuy422;
}

// Above 4096 pixels not every format is read.
bool legal_large_input(PixelFormat format, const MediaRules& rules) {
  if (rules.only_semi420_above_4096) return is_semi420(format);
  if (rules.stride_pixels == 1) return true;
  return format <= PixelFormat::kVyuy422;
}

bool legal_format(PixelFormat format, PictureUse use, const MediaRules& rules) {
  switch (use) {
    case PictureUse::kJpegEncode:
      return is_semi420(format) || is_packed422(format);
    case PictureUse::kVpcInput:
      return format <= PixelFormat::kBgra8888;
    case PictureUse::kVpcOutput:
      break;
  }
  if (rules.only_semi420_output) return is_semi420(format);
  if (rules.family == SocFamily::k310P) {
    return format <= PixelFormat::kYvuSemi422 ||
           (format >= PixelFormat::kYuvPacked444 && format <= PixelFormat::kBgra8888);
  }
  return format <= PixelFormat::kBgra8888;
}

struct Limits {
  int64_t min_width, min_height, max_width, max_height;
};

Limits size_limits(PixelFormat format, PictureUse use, const MediaRules& rules) {
  switch (use) {
    case PictureUse::kJpegEncode:
      return {kMinJpegSide, kMinJpegSide, rules.max_jpeg_side, rules.max_jpeg_side};
    case PictureUse::kVpcInput: {
      const int64_t most = legal_large_input(format, rules) ? rules.max_input : k8kSide;
      return {kMinVpcWidth, kMinVpcHeight, most, most};
    }
    case PictureUse::kVpcOutput:
      break;
  }
  return {kMinVpcWidth, kMinVpcHeight, rules.max_output_width, rules.max_output_height};
}

Status check_chip_strides(const PictureNumbers& numbers, const FormatInfo& info, PictureUse use,
                          std::string_view what, const Rulebook& book) {
  const bool jpege = use == PictureUse::kJpegEncode;
  const int64_t unit =
      jpege ? kJpegeStrideAlign : int64_t{book.rules.stride_pixels} * info.bytes_per_pixel;
  const int64_t advice = jpege ? align_up(min_width_stride(info, numbers.width), kJpegeStrideAlign)
                               : chip_width_stride(info, numbers.width, book.rules);
  const int64_t least = jpege ? kJpegeStrideAlign : book.rules.min_stride;
  if (numbers.width_stride % unit != 0 || numbers.width_stride < least ||
      numbers.width_stride > kMaxStride) {
    return refused(what,
                   fmt::format("width stride {} given; it must be a multiple of {} from {} to {} "
                               "for {} of width {}: pass {}",
                               numbers.width_stride, unit, least, kMaxStride, info.name,
                               numbers.width, advice),
                   book);
  }
  const int64_t rows = jpege ? 1 : book.rules.height_align;
  if (numbers.height_stride % rows != 0 || numbers.height_stride < kMinHeightStride ||
      numbers.height_stride > kMaxStride) {
    return refused(what,
                   fmt::format("height stride {} given; it must be a multiple of {} from {} to {}: "
                               "pass {}",
                               numbers.height_stride, rows, kMinHeightStride, kMaxStride,
                               chip_height_stride(info, numbers.height, book.rules)),
                   book);
  }
  return {};
}

Status check_chip(const PictureNumbers& numbers, const FormatInfo& info, PictureUse use,
                  std::string_view what, const Rulebook& book) {
  if (!legal_format(info.format, use, book.rules)) {
    return refused(what,
                   fmt::format("the format {} ({}) is not supported here", info.name,
                               static_cast<int>(info.format)),
                   book);
  }
  const Limits limits = size_limits(info.format, use, book.rules);
  if (numbers.width < limits.min_width || numbers.width > limits.max_width ||
      numbers.height < limits.min_height || numbers.height > limits.max_height) {
    return refused(what,
                   fmt::format("{} x {} pixels of {} given; {} x {} to {} x {} are possible",
                               numbers.width, numbers.height, info.name, limits.min_width,
                               limits.min_height, limits.max_width, limits.max_height),
                   book);
  }
  const bool odd = (info.chroma_shift_x == 1 && numbers.width % 2 != 0) ||
                   (info.chroma_shift_y == 1 && numbers.height % 2 != 0);
  if (odd) {
    return refused(
        what,
        fmt::format("{} x {} pixels given; {} needs an even {}: pass {} x {}", numbers.width,
                    numbers.height, info.name,
                    info.chroma_shift_y == 1 ? "width and height" : "width",
                    numbers.width / (1 << info.chroma_shift_x) * (1 << info.chroma_shift_x),
                    numbers.height / (1 << info.chroma_shift_y) * (1 << info.chroma_shift_y)),
        book);
  }
  return check_chip_strides(numbers, info, use, what, book);
}

Status check_buffer(const PictureNumbers& numbers, const Picture& picture, const FormatInfo& info,
                    std::string_view what, const Rulebook& book) {
  const int64_t whole = strided_bytes(info, picture.width_stride, picture.height_stride);
  const int64_t needed = book.strict ? whole : touched_bytes(picture);
  if (numbers.size < static_cast<size_t>(needed)) {
    return wrong(what, fmt::format("size {} given; {} of {} x {} pixels with strides {} x {} needs "
                                   "at least {}: pass {}",
                                   numbers.size, info.name, numbers.width, numbers.height,
                                   numbers.width_stride, numbers.height_stride, needed, whole));
  }
  if (numbers.data == nullptr) return wrong(what, "the address of its data is null: set it");
  return {};
}

}  // namespace

const MediaRules& media_rules(SocFamily family) noexcept {
  return *std::ranges::find(kRules, family, &MediaRules::family);
}

int64_t min_width_stride(const FormatInfo& info, int64_t width) noexcept {
  int64_t least = width * info.bytes_per_pixel;
  for (int i = 0; i < info.plane_count; ++i) {
    const PlaneLayout& layout = info.planes[i];
    const int64_t row = ((width + layout.shift_x) >> layout.shift_x) * layout.components;
    // The smallest stride of the first plane whose share is a row of this one.
    least = std::max(least, (row - 1) * layout.stride_denominator / layout.stride_numerator + 1);
  }
  return least;
}

int64_t chip_width_stride(const FormatInfo& info, int64_t width, const MediaRules& rules) noexcept {
  const int64_t aligned = align_up(width, rules.stride_pixels) * info.bytes_per_pixel;
  return std::max<int64_t>({aligned, rules.min_stride, min_width_stride(info, width)});
}

int64_t chip_height_stride(const FormatInfo& info, int64_t height,
                           const MediaRules& rules) noexcept {
  const int64_t rows = std::max<int64_t>(rules.height_align, 1 << info.chroma_shift_y);
  return std::max<int64_t>(align_up(height, rows), kMinHeightStride);
}

Result<Picture> check_picture_numbers(const PictureNumbers& numbers, PictureUse use,
                                      std::string_view what, const Rulebook& book) {
  const bool in_range = numbers.format >= 0 && numbers.format <= INT32_MAX;
  const FormatInfo* info = in_range ? find_format(static_cast<int32_t>(numbers.format)) : nullptr;
  if (info == nullptr) {
    return wrong(what, fmt::format("format {} given, which is no format of pictures that can be "
                                   "processed: pass for instance 1 (YUV_SEMIPLANAR_420) or 12 "
                                   "(RGB_888)",
                                   numbers.format));
  }
  if (numbers.width < 1 || numbers.width > kMaxSide || numbers.height < 1 ||
      numbers.height > kMaxSide) {
    return wrong(what, fmt::format("width {} and height {} given; both must be from 1 to {}",
                                   numbers.width, numbers.height, kMaxSide));
  }
  const int64_t least = min_width_stride(*info, numbers.width);
  if (numbers.width_stride < least || numbers.width_stride > kMaxAnyStride) {
    return wrong(what,
                 fmt::format("width stride {} given, the format {} with width {} needs at "
                             "least {} bytes and at most {}; pass {}",
                             numbers.width_stride, info->name, numbers.width, least, kMaxAnyStride,
                             chip_width_stride(*info, numbers.width, book.rules)));
  }
  if (numbers.height_stride < numbers.height || numbers.height_stride > kMaxAnyStride) {
    return wrong(what,
                 fmt::format("height stride {} given, height {} needs at least {} rows and "
                             "at most {}; pass {}",
                             numbers.height_stride, numbers.height, numbers.height, kMaxAnyStride,
                             chip_height_stride(*info, numbers.height, book.rules)));
  }
  if (book.strict) POACL_RETURN_IF_ERROR(check_chip(numbers, *info, use, what, book));
  Picture picture;
  picture.format = info->format;
  picture.width = static_cast<int32_t>(numbers.width);
  picture.height = static_cast<int32_t>(numbers.height);
  picture.width_stride = static_cast<int32_t>(numbers.width_stride);
  picture.height_stride = static_cast<int32_t>(numbers.height_stride);
  picture.data = static_cast<uint8_t*>(numbers.data);
  picture.size = numbers.size;
  POACL_RETURN_IF_ERROR(check_buffer(numbers, picture, *info, what, book));
  return picture;
}

Result<Rect> check_area_numbers(const AreaNumbers& area, const Picture& picture, AreaUse use,
                                std::string_view what, const Rulebook& book) {
  const auto text = [&] {
    return fmt::format("left {}, right {}, top {}, bottom {} given", area.left, area.right,
                       area.top, area.bottom);
  };
  if (area.right < area.left || area.bottom < area.top) {
    return wrong(what, text() +
                           "; right and bottom belong to the area, they must not lie before "
                           "left and top");
  }
  if (area.left < 0 || area.top < 0 || area.right >= picture.width ||
      area.bottom >= picture.height) {
    return wrong(what, fmt::format("{}; the picture has {} x {} pixels: right can be {} and bottom "
                                   "{} at most",
                                   text(), picture.width, picture.height, picture.width - 1,
                                   picture.height - 1));
  }
  const Rect rect = {static_cast<int32_t>(area.left), static_cast<int32_t>(area.top),
                     static_cast<int32_t>(area.right - area.left + 1),
                     static_cast<int32_t>(area.bottom - area.top + 1)};
  if (!book.strict) return rect;
  const MediaRules& rules = book.rules;
  if (rules.even_areas &&
      (rect.left % 2 != 0 || rect.top % 2 != 0 || rect.width % 2 != 0 || rect.height % 2 != 0)) {
    return refused(what,
                   fmt::format("{}; left and top must be even, right and bottom odd: pass {}, {}, "
                               "{}, {}",
                               text(), area.left & ~1, (area.right - 1) | 1, area.top & ~1,
                               (area.bottom - 1) | 1),
                   book);
  }
  if (use == AreaUse::kPaste && rect.left % rules.paste_left_align != 0) {
    return refused(
        what,
        fmt::format("{}; left must be a multiple of {}: pass {}", text(), rules.paste_left_align,
                    rect.left / rules.paste_left_align * rules.paste_left_align),
        book);
  }
  if (use == AreaUse::kCrop && (rect.width < kMinVpcWidth || rect.height < kMinVpcHeight)) {
    return refused(what,
                   fmt::format("{}, that is {} x {} pixels; {} x {} are the least", text(),
                               rect.width, rect.height, kMinVpcWidth, kMinVpcHeight),
                   book);
  }
  return rect;
}

Status check_scaling(const Rect& from, const Rect& to, std::string_view what,
                     const Rulebook& book) {
  const int64_t shrink = book.rules.max_shrink;
  const int64_t enlarge = book.rules.max_enlarge;
  if (!book.strict || shrink == 0) return {};
  const auto possible = [&](int64_t source, int64_t target) {
    return target * shrink >= source && target <= source * enlarge;
  };
  if (possible(from.width, to.width) && possible(from.height, to.height)) return {};
  return refused(what,
                 fmt::format("{} x {} pixels cannot become {} x {}: each side can shrink to 1/{} "
                             "and grow to {} times; scale in two steps",
                             from.width, from.height, to.width, to.height, shrink, enlarge),
                 book);
}

Status check_apart(const Picture& input, const Picture& output, std::string_view what) {
  const uint8_t* input_end = input.data + touched_bytes(input);
  const uint8_t* output_end = output.data + touched_bytes(output);
  if (input_end <= output.data || output_end <= input.data) return {};
  return wrong(what, fmt::format("its data ({}, {} bytes) overlaps that of the input ({}, {} "
                                 "bytes): give it a buffer of its own",
                                 static_cast<const void*>(output.data), touched_bytes(output),
                                 static_cast<const void*>(input.data), touched_bytes(input)));
}

}  // namespace poacl::media
