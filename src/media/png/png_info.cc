#include <fmt/format.h>

#include <cstring>

#include "acl/acl_base.h"
#include "media/picture_check.h"
#include "media/png/png_decode.h"

namespace poacl::media {
namespace {

constexpr uint8_t kSignature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr size_t kHeaderBytes = 25;  // the IHDR chunk with length, name and checksum
constexpr size_t kChunkFrame = 12;   // length, name, checksum
constexpr int32_t kLeastSide = 32;
constexpr int32_t kLargestSide = 4096;
constexpr size_t kMostBytes = size_t{4096} * 4096 * 4 * 2;

uint32_t u32(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) << 24 | static_cast<uint32_t>(at[1]) << 16 |
         static_cast<uint32_t>(at[2]) << 8 | at[3];
}

Status bad(std::string sentence) {
  return {ACL_ERROR_INVALID_PARAM, std::move(sentence)};
}

int channels_of(int colour) {
  switch (colour) {
    case 2:
      return 3;
    case 4:
      return 2;
    case 6:
      return 4;
    default:
      return 1;
  }
}

bool legal_depth(int colour, int depth) {
  switch (colour) {
    case 0:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case 3:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case 2:
    case 4:
    case 6:
      return depth == 8 || depth == 16;
    default:
      return false;
  }
}

bool transparency_before_pixels(std::span<const uint8_t> data) {
  size_t at = sizeof(kSignature) + kHeaderBytes;
  while (data.size() - at >= kChunkFrame) {
    const size_t length = u32(data.data() + at);
    if (std::memcmp(data.data() + at + 4, "tRNS", 4) == 0) return true;
    if (std::memcmp(data.data() + at + 4, "IDAT", 4) == 0) return false;
    if (length > data.size() - at - kChunkFrame) return false;
    at += kChunkFrame + length;
  }
  return false;
}

}  // namespace

Result<PngInfo> read_png_info(std::span<const uint8_t> data) {
  if (data.size() < sizeof(kSignature) + kHeaderBytes) {
    return bad(fmt::format("{} bytes are no PNG file; its header alone takes {}", data.size(),
                           sizeof(kSignature) + kHeaderBytes));
  }
  if (std::memcmp(data.data(), kSignature, sizeof(kSignature)) != 0) {
    return bad(
        fmt::format("the {} bytes are no PNG file: they begin with {:02X} {:02X} {:02X} "
                    "{:02X}, not with 89 50 4E 47 0D 0A 1A 0A",
                    data.size(), data[0], data[1], data[2], data[3]));
  }
  const uint8_t* chunk = data.data() + sizeof(kSignature);
  if (u32(chunk) != 13 || std::memcmp(chunk + 4, "IHDR", 4) != 0) {
    return bad("the PNG file does not begin with an IHDR chunk of 13 bytes");
  }
  const uint8_t* header = chunk + 8;
  const uint32_t width = u32(header);
  const uint32_t height = u32(header + 4);
  const int depth = header[8];
  const int colour = header[9];
  if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX) {
    return bad(fmt::format("the PNG header says {} x {} pixels; 1 to {} a side are possible", width,
                           height, INT32_MAX));
  }
  if (!legal_depth(colour, depth) || header[10] != 0 || header[11] != 0 || header[12] > 1) {
    return bad(
        fmt::format("the PNG header says colour type {}, {} bits, compression {}, filter {}, "
                    "interlace {}, which is no legal combination",
                    colour, depth, header[10], header[11], header[12]));
  }
  PngInfo info;
  info.width = static_cast<int32_t>(width);
  info.height = static_cast<int32_t>(height);
  info.bit_depth = depth;
  info.colour = static_cast<PngColour>(colour);
  info.channels = channels_of(colour);
  info.interlaced = header[12] == 1;
  info.transparency = transparency_before_pixels(data);
  return info;
}

Status check_png_limits(const PngInfo& info, size_t file_bytes) {
  const bool sides = info.width >= kLeastSide && info.width <= kLargestSide &&
                     info.height >= kLeastSide && info.height <= kLargestSide;
  if (sides && file_bytes <= kMostBytes) return {};
  return {
      ACL_ERROR_FEATURE_UNSUPPORTED,
      fmt::format("a PNG file of {} x {} pixels and {} bytes; the decoder takes {} x {} to {} x "
                  "{} pixels and at most {} bytes",
                  info.width, info.height, file_bytes, kLeastSide, kLeastSide, kLargestSide,
                  kLargestSide, kMostBytes)};
}

PixelFormat png_natural_format(const PngInfo& info) {
  const bool alpha = info.colour == PngColour::kGrayAlpha || info.colour == PngColour::kRgba ||
                     (info.colour == PngColour::kPalette && info.transparency);
  return alpha ? PixelFormat::kRgba8888 : PixelFormat::kRgb888;
}

Status check_png_output(const PngInfo& info, PixelFormat format, const PngDecodeOptions& options) {
  if (info.colour == PngColour::kPalette && !options.lenient) {
    return {ACL_ERROR_FEATURE_UNSUPPORTED,
            fmt::format("the PNG file ({} x {}) has a palette (colour type 3), which the decoder "
                        "does not take; convert it to RGB, or set POACL_LENIENT_MEDIA=1 to decode "
                        "it here",
                        info.width, info.height)};
  }
  const PixelFormat natural = png_natural_format(info);
  if (format == PixelFormat::kUnknown || format == PixelFormat::kRgb888 || format == natural) {
    return {};
  }
  const FormatInfo* asked = find_format(static_cast<int32_t>(format));
  return bad(fmt::format(
      "a PNG file of colour type {} is not decoded to {} ({}); possible are "
      "RGB_888 (12){} and 10000 for its own",
      static_cast<int>(info.colour), asked ? asked->name : "an unknown format",
      static_cast<int>(format), natural == PixelFormat::kRgba8888 ? ", RGBA_8888 (16)" : ""));
}

Status check_png_target(const PngInfo& info, const Picture& out, const PngDecodeOptions& options) {
  POACL_RETURN_IF_ERROR(check_png_output(info, out.format, options));
  if (out.format == PixelFormat::kUnknown) {
    return bad("the PNG decoder's output has no pixel format yet");
  }
  if (out.width != info.width || out.height != info.height) {
    return bad(fmt::format("the output picture is {} x {}; the PNG file is {} x {}, pass that",
                           out.width, out.height, info.width, info.height));
  }
  return check_picture(out, "output picture of the PNG decoder");
}

}  // namespace poacl::media
