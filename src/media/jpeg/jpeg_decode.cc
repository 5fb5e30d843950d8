#include "media/jpeg/jpeg_decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "acl/acl_base.h"
#include "acl/error_codes/rt_error_codes.h"
#include "media/jpeg/jpeg_library.h"
#include "media/jpeg/jpeg_paths.h"
#include "media/picture_check.h"

namespace poacl::media {
namespace {

bool side_fits(int32_t given, int32_t side) {
  return given == side || (side % 2 != 0 && (given == side - 1 || given == side + 1));
}

std::string side_choice(int32_t side) {
  return side % 2 == 0 ? fmt::format("{}", side) : fmt::format("{} to {}", side - 1, side + 1);
}

bool has_planes(const JpegInfo& info) {
  return (info.colour == JpegColour::kGray || info.colour == JpegColour::kYCbCr) &&
         info.sampling != JpegSampling::k411 && info.sampling != JpegSampling::kOther;
}

bool same_sampling(const JpegInfo& info, const jpeg_decompress_struct& file) {
  if (!has_planes(info) || info.components == 1) return true;
  const jpeg_component_info* c = file.comp_info;
  const int shift_x = jpeg_chroma_shift_x(info.sampling);
  const int shift_y = jpeg_chroma_shift_y(info.sampling);
  for (int i = 1; i < 3; ++i) {
    if (c[i].h_samp_factor << shift_x != c[0].h_samp_factor ||
        c[i].v_samp_factor << shift_y != c[0].v_samp_factor) {
      return false;
    }
  }
  return true;
}

}  // namespace

Status same_jpeg_header(const JpegInfo& info, const jpeg_decompress_struct& file) {
  if (static_cast<int64_t>(file.image_width) == info.width &&
      static_cast<int64_t>(file.image_height) == info.height &&
      file.num_components == info.components && same_sampling(info, file)) {
    return {};
  }
  return {ACL_ERROR_RT_AICPU_EXCEPTION,
          fmt::format("the JPEG file is damaged: its headers disagree: {} x {} with {} "
                      "components, and {} x {} with {}",
                      info.width, info.height, info.components, file.image_width, file.image_height,
                      file.num_components)};
}

int jpeg_chroma_shift_x(JpegSampling sampling) {
  return sampling == JpegSampling::k420 || sampling == JpegSampling::k422 ? 1 : 0;
}

int jpeg_chroma_shift_y(JpegSampling sampling) {
  return sampling == JpegSampling::k420 || sampling == JpegSampling::k440 ? 1 : 0;
}

Status check_jpeg_memory(const jpeg_decompress_struct& file) {
  int64_t bytes = 0;
  for (int i = 0; i < file.num_components; ++i) {
    const jpeg_component_info& component = file.comp_info[i];
    bytes += int64_t{component.width_in_blocks} * component.height_in_blocks * sizeof(JBLOCK);
  }
  if (bytes <= kMaxJpegCoefficientBytes) return {};
  return {
      ACL_ERROR_UNSUPPORTED_JPEG,
      fmt::format("the JPEG file ({} x {}, {} components) comes in several scans, so that {} "
                  "bytes of coefficients had to be kept; {} are allowed. Convert it to baseline",
                  file.image_width, file.image_height, file.num_components, bytes,
                  kMaxJpegCoefficientBytes)};
}

Status check_jpeg_target(const JpegInfo& info, const Picture& out) {
  if (out.format == PixelFormat::kUnknown) {
    return {ACL_ERROR_INVALID_PARAM, "the decoder's output has no pixel format yet"};
  }
  POACL_RETURN_IF_ERROR(check_jpeg_output(info, out.format));
  PictureSize size = {info.width, info.height};
  if (info.orientation >= 5) std::swap(size.width, size.height);
  if (!side_fits(out.width, size.width) || !side_fits(out.height, size.height)) {
    return {ACL_ERROR_INVALID_PARAM,
            fmt::format(
                "the output picture is {} x {}; the JPEG file is {} x {}{}, so pass {} x {}",
                out.width, out.height, info.width, info.height,
                info.orientation == 1 ? std::string()
                                      : fmt::format(" with EXIF orientation {}", info.orientation),
                side_choice(size.width), side_choice(size.height))};
  }
  return check_picture(out, "output picture of the JPEG decoder");
}

Status decode_jpeg(std::span<const uint8_t> data, const JpegDecodeOptions& options,
                   const Picture& out) {
  POACL_ASSIGN_OR_RETURN(const JpegInfo info, read_jpeg_info(data));
  if (!options.lenient || !jpeg_decodable(info)) POACL_RETURN_IF_ERROR(check_jpeg_coding(info));
  POACL_RETURN_IF_ERROR(check_jpeg_target(info, out));
  if (std::max(info.width, info.height) > JPEG_MAX_DIMENSION) {
    return {ACL_ERROR_UNSUPPORTED_JPEG,
            fmt::format("the JPEG file is {} x {}; sides up to {} are decoded", info.width,
                        info.height, JPEG_MAX_DIMENSION)};
  }
  if (info.precision == 12) return decode_jpeg_deep(data, info, out);

  JpegReader reader;
  POACL_RETURN_IF_ERROR(reader.open(data));
  POACL_RETURN_IF_ERROR(same_jpeg_header(info, reader.info()));
  if (jpeg_has_multiple_scans(&reader.info())) {
    POACL_RETURN_IF_ERROR(check_jpeg_memory(reader.info()));
  }
  const bool rgb = format_info(out.format).model == ColourModel::kRgb;
  return has_planes(info) && !rgb ? decode_jpeg_planes(reader, info, out)
                                  : decode_jpeg_pixels(reader, info, out);
}

}  // namespace poacl::media
