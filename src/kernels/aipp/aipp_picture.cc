#include "kernels/aipp/aipp_picture.h"

#include <fmt/format.h>

#include "acl/acl_base.h"

namespace poacl::aipp {
namespace {

template <typename... Args>
Status wrong(fmt::format_string<Args...> format, Args&&... args) {
  return Status(ACL_ERROR_GE_PARAM_INVALID, fmt::format(format, std::forward<Args>(args)...));
}

// Rows of the stored form for each row of pixels, as a fraction, and bytes of a stored element.
struct Storage {
  int64_t rows = 1;
  int64_t per = 1;
  int64_t bytes = 1;
};

Storage storage_of(Format format) {
  switch (format) {
    case Format::kYuv420sp:
      return {3, 2, 1};
    case Format::kYuv422sp:
      return {2, 1, 1};
    case Format::kRgb888:
      return {1, 1, 3};
    case Format::kYuyv:
      return {1, 1, 2};
    case Format::kXrgb8888:
    case Format::kArgb8888:
    case Format::kAyuv444:
      return {1, 1, 4};
    default:
      return {};
  }
}

// The chroma of two rows is one.
bool halves_height(Format format) {
  return format == Format::kYuv420sp;
}

Status check_format(Format format) {
  if (is_usable(format)) return {};
  return wrong("input format {} cannot be used", static_cast<int32_t>(format));
}

Status check_sides(const Picture& p) {
  if (p.width < 2 || p.width > kMostSide || p.height < 1 || p.height > kMostSide) {
    return wrong(
        "the source picture is {}x{} (width x height); widths are 2 to {}, heights 1 to {}",
        p.width, p.height, kMostSide, kMostSide);
  }
  if (halves_width(p.format) && p.width % 2 != 0) {
    return wrong("the source picture is {} pixels wide; {} needs an even width", p.width,
                 format_name(p.format));
  }
  if (halves_height(p.format) && p.height % 2 != 0) {
    return wrong("the source picture is {} pixels high; {} needs an even height", p.height,
                 format_name(p.format));
  }
  return {};
}

Status check_crop(const Picture& p) {
  if (!p.crop) return {};
  const auto outside = [](int64_t start, int64_t size, int64_t side) {
    return start < 0 || size < 1 || start >= side || size > side - start;
  };
  if (outside(p.crop_x, p.crop_width, p.width) || outside(p.crop_y, p.crop_height, p.height)) {
    return wrong(
        "the crop of {}x{} (width x height) at ({}, {}) is not inside the source picture of {}x{}",
        p.crop_width, p.crop_height, p.crop_x, p.crop_y, p.width, p.height);
  }
  if ((halves_width(p.format) && p.crop_x % 2 != 0) ||
      (halves_height(p.format) && p.crop_y % 2 != 0)) {
    return wrong("the crop starts at ({}, {}); {} needs {}", p.crop_x, p.crop_y,
                 format_name(p.format),
                 halves_height(p.format) ? "an even column and row" : "an even column");
  }
  return {};
}

Status check_padding(const Picture& p) {
  if (!p.padding) return {};
  for (const int32_t size : {p.left, p.right, p.top, p.bottom}) {
    if (size < 0 || size > kMostPadding) {
      return wrong("a padding of {} pixels (left {}, right {}, top {}, bottom {}); each is 0 to {}",
                   size, p.left, p.right, p.top, p.bottom, kMostPadding);
    }
  }
  return {};
}

}  // namespace

std::string_view format_name(Format format) {
  switch (format) {
    case Format::kYuv420sp:
      return "YUV420SP_U8";
    case Format::kXrgb8888:
      return "XRGB8888_U8";
    case Format::kRgb888:
      return "RGB888_U8";
    case Format::kYuv400:
      return "YUV400_U8";
    case Format::kArgb8888:
      return "ARGB8888_U8";
    case Format::kYuyv:
      return "YUYV_U8";
    case Format::kYuv422sp:
      return "YUV422SP_U8";
    case Format::kAyuv444:
      return "AYUV444_U8";
    default:
      return "no usable picture format";
  }
}

bool is_usable(Format format) {
  return channel_count(format) != 0;
}

bool is_yuv(Format format) {
  return format == Format::kYuv420sp || format == Format::kYuv400 || format == Format::kYuyv ||
         format == Format::kYuv422sp || format == Format::kAyuv444;
}

int channel_count(Format format) {
  switch (format) {
    case Format::kYuv400:
      return 1;
    case Format::kYuv420sp:
    case Format::kRgb888:
    case Format::kYuyv:
    case Format::kYuv422sp:
      return 3;
    case Format::kXrgb8888:
    case Format::kArgb8888:
    case Format::kAyuv444:
      return 4;
    default:
      return 0;
  }
}

bool halves_width(Format format) {
  return format == Format::kYuv420sp || format == Format::kYuv422sp || format == Format::kYuyv;
}

int64_t picture_bytes(Format format, int64_t width, int64_t height) {
  const Storage storage = storage_of(format);
  return width * storage.bytes * (height * storage.rows / storage.per);
}

Dims stored_dims(Format format, int64_t batch, int64_t width, int64_t height) {
  const Storage storage = storage_of(format);
  return {batch, height < 0 ? -1 : height * storage.rows / storage.per, width, storage.bytes};
}

Dims picture_dims(Format format, int64_t batch, int64_t width, int64_t height) {
  return {batch, height, width, channel_count(format)};
}

Status find_size(Format format, const Dims& stored, int64_t* width, int64_t* height) {
  const Storage storage = storage_of(format);
  POACL_RETURN_IF_ERROR(check_format(format));
  if (stored.size() != 4 || (stored[3] != -1 && stored[3] != storage.bytes) ||
      (stored[1] > 0 && stored[1] * storage.per % storage.rows != 0)) {
    return wrong("bytes of shape {} are no {} pictures ([N, {}H, W, {}])", dims_to_string(stored),
                 format_name(format),
                 storage.per == 2    ? "3/2 "
                 : storage.rows == 2 ? "2 "
                                     : "",
                 storage.bytes);
  }
  *width = stored[2];
  *height = stored[1] < 0 ? -1 : stored[1] / storage.rows * storage.per;
  return {};
}

Status check_picture(const Picture& picture) {
  POACL_RETURN_IF_ERROR(check_format(picture.format));
  POACL_RETURN_IF_ERROR(check_sides(picture));
  POACL_RETURN_IF_ERROR(check_crop(picture));
  POACL_RETURN_IF_ERROR(check_padding(picture));
  if (picture.csc && picture.format == Format::kYuv400) {
    return wrong("colour conversion (csc_switch) of YUV400_U8, which has brightness only");
  }
  return {};
}

Status check_channels(const Picture& picture, int64_t channels) {
  POACL_RETURN_IF_ERROR(check_format(picture.format));
  const int offered = channel_count(picture.format);
  if (channels == offered || (channels == 3 && offered == 4)) return {};
  if (channels == 1 && picture.csc) return {};
  return wrong("the model's input has {} channels, but {} pictures give {}{}", channels,
               format_name(picture.format), offered == 4 ? "3 or 4" : fmt::format("{}", offered),
               channels == 1 && offered > 1 ? "; one channel needs csc_switch on, with a matrix "
                                              "that makes grey"
                                            : "");
}

}  // namespace poacl::aipp
