#include "media/picture_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "acl/acl_base.h"
#include "media/picture_rules.h"

namespace poacl::media {
namespace {

constexpr int32_t kLargestStride = 1 << 28;  // keeps every product of the sizes inside 64 bits

Status wrong(std::string_view what, std::string sentence) {
  return {ACL_ERROR_INVALID_PARAM, fmt::format("{}: {}", what, sentence)};
}

}  // namespace

Status check_picture(const Picture& picture, std::string_view what, bool with_data) {
  const FormatInfo* info = find_format(static_cast<int32_t>(picture.format));
  if (info == nullptr) {
    return wrong(what, fmt::format("{} is no pixel format", static_cast<int32_t>(picture.format)));
  }
  if (picture.width < 1 || picture.height < 1) {
    return wrong(what, fmt::format("{} x {} pixels; both sides must be at least 1", picture.width,
                                   picture.height));
  }
  const int64_t least = min_width_stride(*info, picture.width);
  if (picture.width_stride < least) {
    return wrong(
        what, fmt::format("width stride {} for {} x {} pixels of {}; pass at least {}",
                          picture.width_stride, picture.width, picture.height, info->name, least));
  }
  if (picture.height_stride < picture.height) {
    return wrong(what, fmt::format("height stride {} for {} rows; pass at least {}",
                                   picture.height_stride, picture.height, picture.height));
  }
  if (std::max(picture.width_stride, picture.height_stride) > kLargestStride) {
    return wrong(what, fmt::format("strides {} x {}; neither may be above {}", picture.width_stride,
                                   picture.height_stride, kLargestStride));
  }
  const int64_t needed = touched_bytes(picture);
  if (picture.size < static_cast<size_t>(needed)) {
    return wrong(what,
                 fmt::format("a buffer of {} bytes for {} x {} pixels of {} with strides {} x {}; "
                             "the rows end at byte {}, the whole picture takes {}",
                             picture.size, picture.width, picture.height, info->name,
                             picture.width_stride, picture.height_stride, needed,
                             strided_bytes(*info, picture.width_stride, picture.height_stride)));
  }
  if (with_data && picture.data == nullptr) return wrong(what, "the data address is null");
  return {};
}

}  // namespace poacl::media
