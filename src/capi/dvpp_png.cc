// PNG files: information and decoding (spec: jpeg-png section 5).
#include <utility>

#include "base/config.h"
#include "capi/dvpp_codec.h"
#include "media/decode_target.h"
#include "media/png/png_decode.h"

using namespace poacl;
using namespace poacl::capi;
using media::Picture;

namespace {

media::PngDecodeOptions options() {
  return {.lenient = config().lenient_media};
}

Result<media::PngInfo> info_of(std::span<const uint8_t> file) {
  POACL_ASSIGN_OR_RETURN(const media::PngInfo info, media::read_png_info(file));
  if (config().strict_media) POACL_RETURN_IF_ERROR(media::check_png_limits(info, file.size()));
  return info;
}

Result<media::PngInfo> info_of(const void* data, uint32_t size) {
  POACL_ASSIGN_OR_RETURN(const auto file, readable_file(data, size));
  return info_of(file);
}

Status decode(const char* api, const acldvppChannelDesc* channel, const void* data, uint32_t size,
              const acldvppPicDesc* output_handle, aclrtStream stream) {
  POACL_ASSIGN_OR_RETURN(const MediaJob job, start_job(api, channel, DVPP_CHNMODE_PNGD, stream));
  POACL_ASSIGN_OR_RETURN(const auto output, find(output_handle, "outputDesc"));
  Decoder decoder;
  decoder.target = [](std::span<const uint8_t> file,
                      const media::PictureNumbers& asked) -> Result<Picture> {
    POACL_ASSIGN_OR_RETURN(const media::PngInfo info, info_of(file));
    return media::png_target(info, asked, options(), media_rulebook());
  };
  decoder.decode = [](std::span<const uint8_t> file, const Picture& out) {
    return media::decode_png(file, options(), out);
  };
  return queue_decoding(job, data, size, output, std::move(decoder));
}

}  // namespace

aclError acldvppPngGetImageInfo(const void* data, uint32_t dataSize, uint32_t* width,
                                uint32_t* height, int32_t* components) {
  return entry("acldvppPngGetImageInfo", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const media::PngInfo info, info_of(data, dataSize));
    if (width != nullptr) *width = static_cast<uint32_t>(info.width);
    if (height != nullptr) *height = static_cast<uint32_t>(info.height);
    if (components != nullptr) *components = info.channels;
    return {};
  });
}

aclError acldvppPngPredictDecSize(const void* data, uint32_t dataSize,
                                  acldvppPixelFormat outputPixelFormat, uint32_t* decSize) {
  return entry("acldvppPngPredictDecSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(decSize);
    POACL_ASSIGN_OR_RETURN(const media::PngInfo info, info_of(data, dataSize));
    POACL_ASSIGN_OR_RETURN(*decSize, media::png_decoded_bytes(info, outputPixelFormat, options()));
    return {};
  });
}

aclError acldvppPngDecodeAsync(acldvppChannelDesc* channelDesc, const void* data, uint32_t size,
                               acldvppPicDesc* outputDesc, aclrtStream stream) {
  constexpr const char* kApi = "acldvppPngDecodeAsync";
  return entry(kApi, [&] { return decode(kApi, channelDesc, data, size, outputDesc, stream); });
}
