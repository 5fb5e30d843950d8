// Any bytes: refused with a sentence, or decoded inside the buffer.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "media/png/png_decode.h"

namespace {

uint32_t crc_of(const uint8_t* data, size_t size) {
  uint32_t crc = 0xFFFFFFFFU;
  for (size_t i = 0; i < size; ++i) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320U : 0);
  }
  return ~crc;
}

// Checksums are repaired, else most mutations would stop at them.
void repair(std::vector<uint8_t>& file) {
  size_t at = 8;
  while (file.size() >= at + 12) {
    size_t length = 0;
    for (int i = 0; i < 4; ++i) length = length << 8 | file[at + i];
    if (length > file.size() - at - 12) return;
    const uint32_t crc = crc_of(file.data() + at + 4, length + 4);
    for (int i = 0; i < 4; ++i)
      file[at + 8 + length + i] = static_cast<uint8_t>(crc >> (24 - 8 * i));
    at += length + 12;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace poacl::media;
  std::vector<uint8_t> file(data, data + size);
  if (size % 16 != 0) repair(file);
  const auto info = read_png_info(file);
  if (!info.ok()) {
    if (info.status().message().empty()) std::abort();
    return 0;
  }
  if (int64_t{info->width} * info->height > 1000000) return 0;
  for (const PixelFormat format : {PixelFormat::kRgb888, PixelFormat::kRgba8888}) {
    Picture out = {format, info->width, info->height};
    out.width_stride =
        info->width * format_info(format).bytes_per_pixel + static_cast<int>(size % 3);
    out.height_stride = info->height;
    std::vector<uint8_t> pixels(static_cast<size_t>(touched_bytes(out)));
    out.data = pixels.data();
    out.size = pixels.size();
    const auto status = decode_png(file, {.lenient = true}, out);
    if (!status.ok() && status.message().empty()) std::abort();
  }
  return 0;
}
