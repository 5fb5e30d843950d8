// Any bytes: refused with a sentence, or decoded inside the buffer in every legal format.
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "media/jpeg/jpeg_decode.h"
#include "media/picture_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace poacl::media;
  const std::span<const uint8_t> bytes(data, size);
  const auto info = read_jpeg_info(bytes);
  if (!info.ok()) {
    if (info.status().message().empty()) std::abort();
    return 0;
  }
  PictureSize stored = {info->width, info->height};
  if (info->orientation >= 5) std::swap(stored.width, stored.height);
  // The sizes of the three odd-size modes in turn, and different strides.
  PictureSize out_size = stored;
  if (size % 4 != 3) out_size = jpeg_decoded_size(*info, static_cast<JpegOddSize>(size % 4));
  if (int64_t{out_size.width} * out_size.height > 400000) return 0;
  for (const FormatInfo& format : pixel_formats()) {
    if (!check_jpeg_output(*info, format.format).ok()) continue;
    Picture out = {format.format, out_size.width, out_size.height};
    out.width_stride =
        static_cast<int32_t>(min_width_stride(format, out.width) + static_cast<int64_t>(size % 19));
    out.height_stride = out.height + static_cast<int32_t>(size % 3);
    std::vector<uint8_t> pixels(static_cast<size_t>(touched_bytes(out)));
    out.data = pixels.data();
    out.size = pixels.size();
    const auto status = decode_jpeg(bytes, {.lenient = size % 8 != 0}, out);
    if (!status.ok() && status.message().empty()) std::abort();
  }
  return 0;
}
