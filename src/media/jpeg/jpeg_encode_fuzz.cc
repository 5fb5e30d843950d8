// Any picture: refused, or encoded into what max_jpeg_bytes says, never past the capacity given, to
// a file that decodes.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "media/jpeg/jpeg_decode.h"
#include "media/jpeg/jpeg_encode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace poacl::media;
  if (size < 8) return 0;
  Picture picture = {static_cast<PixelFormat>(data[0] % 20), data[1] + 1, data[2] + 1, data[3] * 2,
                     data[4]};
  const int level = data[5] % 104 - 2;
  std::vector<uint8_t> pixels(data + 8, data + size);
  // Short input repeats, so that large pictures are reached.
  for (size_t i = 0; pixels.size() < size_t{data[6]} * 1024 && size > 8; ++i) {
    pixels.push_back(pixels[i]);
  }
  picture.data = pixels.data();
  picture.size = pixels.size();
  if (!check_jpeg_source(picture).ok()) return 0;
  const size_t most = max_jpeg_bytes(picture);
  std::vector<uint8_t> file(data[7] < 200 ? most : most * data[7] / 4096);
  const auto written = encode_jpeg(picture, level, file);
  if (!written.ok()) {
    if (written.status().message().empty()) std::abort();
    if (level >= 0 && level <= 100 && file.size() == most) std::abort();
    return 0;
  }
  const auto info = read_jpeg_info(std::span(file).first(*written));
  if (!info.ok() || info->width != picture.width || info->height != picture.height ||
      !check_jpeg_coding(*info).ok()) {
    std::abort();
  }
  return 0;
}
