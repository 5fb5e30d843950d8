#include "media/picture.h"

namespace poacl::media {
namespace {

int64_t halved(int64_t value, int shift) {
  return (value + shift) >> shift;
}

int64_t plane_stride(const PlaneLayout& layout, int64_t width_stride) {
  // An odd luma stride still leaves room for the last chroma sample of a row.
  return (width_stride * layout.stride_numerator + layout.stride_denominator - 1) /
         layout.stride_denominator;
}

int64_t plane_offset(const FormatInfo& info, int index, int64_t width_stride,
                     int64_t height_stride) {
  int64_t offset = 0;
  for (int i = 0; i < index; ++i) {
    const PlaneLayout& layout = info.planes[i];
    offset += plane_stride(layout, width_stride) * halved(height_stride, layout.shift_y);
  }
  return offset;
}

// The data may be null, or end before the plane: only plane() may add to it.
Plane plane_without_data(const Picture& picture, int index) {
  const PlaneLayout& layout = format_info(picture.format).planes[index];
  Plane result;
  result.width = static_cast<int32_t>(halved(picture.width, layout.shift_x));
  result.height = static_cast<int32_t>(halved(picture.height, layout.shift_y));
  result.components = layout.components;
  result.stride = plane_stride(layout, picture.width_stride);
  return result;
}

}  // namespace

int64_t strided_bytes(const FormatInfo& info, int32_t width_stride,
                      int32_t height_stride) noexcept {
  return plane_offset(info, info.plane_count, width_stride, height_stride);
}

int64_t touched_bytes(const Picture& picture) noexcept {
  const FormatInfo& info = format_info(picture.format);
  const int last = info.plane_count - 1;
  const Plane p = plane_without_data(picture, last);
  return plane_offset(info, last, picture.width_stride, picture.height_stride) +
         (p.height - 1) * p.stride + int64_t{p.width} * p.components;
}

Plane plane(const Picture& picture, int index) noexcept {
  Plane result = plane_without_data(picture, index);
  result.data = picture.data + plane_offset(format_info(picture.format), index,
                                            picture.width_stride, picture.height_stride);
  return result;
}

}  // namespace poacl::media
