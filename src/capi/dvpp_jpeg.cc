// JPEG files: information, decoding, encoding (spec: jpeg-png sections 1, 2, 4).
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/config.h"
#include "capi/dvpp_codec.h"
#include "media/decode_target.h"
#include "media/jpeg/jpeg_decode.h"
#include "media/jpeg/jpeg_encode.h"
#include "media/jpeg/jpeg_info.h"
#include "runtime/address_check.h"

using namespace poacl;
using namespace poacl::capi;
using media::Picture;

namespace {

Result<media::JpegInfo> info_of(std::span<const uint8_t> file) {
  POACL_ASSIGN_OR_RETURN(const media::JpegInfo info, media::read_jpeg_info(file));
  if (!config().lenient_media) POACL_RETURN_IF_ERROR(media::check_jpeg_coding(info));
  return info;
}

Result<media::JpegInfo> info_of(const void* data, uint32_t size) {
  POACL_ASSIGN_OR_RETURN(const auto file, readable_file(data, size));
  return info_of(file);
}

Status decode(const char* api, const acldvppChannelDesc* channel, const void* data, uint32_t size,
              const acldvppPicDesc* output_handle, aclrtStream stream) {
  POACL_ASSIGN_OR_RETURN(const MediaJob job, start_job(api, channel, DVPP_CHNMODE_JPEGD, stream));
  POACL_ASSIGN_OR_RETURN(const auto output, find(output_handle, "outputDesc"));
  const auto odd_size = static_cast<media::JpegOddSize>(job.channel->precision.load());
  Decoder decoder;
  decoder.target = [odd_size](std::span<const uint8_t> file,
                              const media::PictureNumbers& asked) -> Result<Picture> {
    POACL_ASSIGN_OR_RETURN(const media::JpegInfo info, info_of(file));
    return media::jpeg_target(info, asked, odd_size, media_rulebook());
  };
  decoder.decode = [](std::span<const uint8_t> file, const Picture& out) {
    return media::decode_jpeg(file, {.lenient = config().lenient_media}, out);
  };
  return queue_decoding(job, data, size, output, std::move(decoder));
}

// The largest picture of a channel is set by parameters 3 and 4.
Status check_channel_size(const ChannelDesc& channel, const Picture& picture) {
  const uint32_t width = channel.width;
  const uint32_t height = channel.height;
  if ((width == 0 || static_cast<uint32_t>(picture.width) <= width) &&
      (height == 0 || static_cast<uint32_t>(picture.height) <= height)) {
    return {};
  }
  return {ACL_ERROR_INVALID_PARAM,
          fmt::format("input picture: {} x {} pixels given; the channel was opened for {} x {} at "
                      "most (parameters 4 and 3 of its description; 0 is no limit)",
                      picture.width, picture.height, width, height)};
}

struct Encoding {
  Picture picture;
  std::span<uint8_t> out;
  uint32_t* size;
  int level;
};

Status run(const Encoding& work) {
  const auto bytes = static_cast<size_t>(media::touched_bytes(work.picture));
  POACL_RETURN_IF_ERROR(check_touched({{work.picture.data, bytes, "input picture", false},
                                       {work.out.data(), work.out.size(), "output data", true},
                                       {work.size, sizeof(uint32_t), "size", true}}));
  POACL_ASSIGN_OR_RETURN(const size_t written,
                         media::encode_jpeg(work.picture, work.level, work.out));
  *work.size = static_cast<uint32_t>(written);
  return {};
}

Status encode(const char* api, const acldvppChannelDesc* channel,
              const acldvppPicDesc* input_handle, const void* data, uint32_t* size,
              const acldvppJpegeConfig* config_handle, aclrtStream stream) {
  POACL_ASSIGN_OR_RETURN(const MediaJob job, start_job(api, channel, DVPP_CHNMODE_JPEGE, stream));
  POACL_ASSIGN_OR_RETURN(const auto input, find(input_handle, "inputDesc"));
  POACL_ASSIGN_OR_RETURN(const auto settings, find(config_handle, "config"));
  POACL_CHECK_NOT_NULL(data);
  POACL_CHECK_NOT_NULL(size);
  POACL_RETURN_IF_ERROR(
      runtime::check_memory(size, sizeof(uint32_t), "size", ACL_ERROR_INVALID_PARAM, true));
  if (*size == 0) {
    return {ACL_ERROR_INVALID_PARAM,
            "the number that size points to is 0: set it to the bytes at data before the call"};
  }
  Encoding work;
  POACL_ASSIGN_OR_RETURN(work.picture,
                         find_picture(*input, media::PictureUse::kJpegEncode, "input picture"));
  POACL_RETURN_IF_ERROR(media::check_jpeg_source(work.picture));
  POACL_RETURN_IF_ERROR(check_channel_size(*job.channel, work.picture));
  // The interface says const although this is where the file goes.
  work.out = {static_cast<uint8_t*>(const_cast<void*>(data)), *size};
  POACL_RETURN_IF_ERROR(
      runtime::check_memory(data, work.out.size(), "output data", ACL_ERROR_INVALID_PARAM, true));
  work.size = size;
  work.level = static_cast<int>(settings->level);
  RetCodes codes = {ret_code_of(input)};
  return queue_job(job, std::move(codes), [work](ParallelFor&) { return run(work); });
}

// Only format, width and height count, so that a program may ask before it has memory.
Result<uint32_t> predict(const PicDesc& desc) {
  media::PictureNumbers numbers = numbers_of(desc);
  const bool known = numbers.format >= 0 && numbers.format <= INT32_MAX;
  const media::FormatInfo* info =
      known ? media::find_format(static_cast<int32_t>(numbers.format)) : nullptr;
  if (info != nullptr) {
    const media::MediaRules& rules = media_rulebook().rules;
    numbers.width_stride =
        media::align_up(media::min_width_stride(*info, numbers.width), media::kJpegeStrideAlign);
    numbers.height_stride = media::chip_height_stride(*info, numbers.height, rules);
  }
  numbers.size = SIZE_MAX / 2;
  if (numbers.data == nullptr) numbers.data = &numbers;
  POACL_ASSIGN_OR_RETURN(const Picture picture,
                         media::check_picture_numbers(numbers, media::PictureUse::kJpegEncode,
                                                      "input picture", media_rulebook()));
  POACL_RETURN_IF_ERROR(media::check_jpeg_source(picture));
  return media::jpeg_encoded_bytes(picture);
}

}  // namespace

aclError acldvppJpegGetImageInfo(const void* data, uint32_t size, uint32_t* width, uint32_t* height,
                                 int32_t* components) {
  return entry("acldvppJpegGetImageInfo", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const media::JpegInfo info, info_of(data, size));
    if (width != nullptr) *width = static_cast<uint32_t>(info.width);
    if (height != nullptr) *height = static_cast<uint32_t>(info.height);
    if (components != nullptr) *components = info.components;
    return {};
  });
}

aclError acldvppJpegGetImageInfoV2(const void* data, uint32_t size, uint32_t* width,
                                   uint32_t* height, int32_t* components,
                                   acldvppJpegFormat* format) {
  return entry("acldvppJpegGetImageInfoV2", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const media::JpegInfo info, info_of(data, size));
    if (width != nullptr) *width = static_cast<uint32_t>(info.width);
    if (height != nullptr) *height = static_cast<uint32_t>(info.height);
    if (components != nullptr) *components = info.components;
    if (format != nullptr) *format = static_cast<acldvppJpegFormat>(info.sampling);
    return {};
  });
}

aclError acldvppJpegPredictDecSize(const void* data, uint32_t dataSize,
                                   acldvppPixelFormat outputPixelFormat, uint32_t* decSize) {
  return entry("acldvppJpegPredictDecSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(decSize);
    POACL_ASSIGN_OR_RETURN(const media::JpegInfo info, info_of(data, dataSize));
    POACL_ASSIGN_OR_RETURN(
        *decSize, media::jpeg_decoded_bytes(info, outputPixelFormat, media_rulebook().rules));
    return {};
  });
}

aclError acldvppJpegDecodeAsync(acldvppChannelDesc* channelDesc, const void* data, uint32_t size,
                                acldvppPicDesc* outputDesc, aclrtStream stream) {
  constexpr const char* kApi = "acldvppJpegDecodeAsync";
  return entry(kApi, [&] { return decode(kApi, channelDesc, data, size, outputDesc, stream); });
}

aclError acldvppJpegPredictEncSize(const acldvppPicDesc* inputDesc,
                                   const acldvppJpegeConfig* config, uint32_t* size) {
  return entry("acldvppJpegPredictEncSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(size);
    POACL_ASSIGN_OR_RETURN(const auto input, find(inputDesc, "inputDesc"));
    POACL_RETURN_IF_ERROR(find(config, "config").status());
    POACL_ASSIGN_OR_RETURN(*size, predict(*input));
    return {};
  });
}

aclError acldvppJpegEncodeAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
                                const void* data, uint32_t* size, acldvppJpegeConfig* config,
                                aclrtStream stream) {
  constexpr const char* kApi = "acldvppJpegEncodeAsync";
  return entry(kApi,
               [&] { return encode(kApi, channelDesc, inputDesc, data, size, config, stream); });
}
