// What the chip decodes, and into what.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "acl/acl_base.h"
#include "media/jpeg/jpeg_info.h"

namespace poacl::media {
namespace {

using F = PixelFormat;

struct SamplingRow {
  JpegSampling sampling;
  std::string_view name;
  F native_v_first;
  F native_u_first;
  // What else than 4:2:0 and RGB.
  F further[2];
};

constexpr SamplingRow kSamplings[] = {
    {JpegSampling::k444, "4:4:4", F::kYvuSemi444, F::kYuvSemi444, {F::kYvuSemi444, F::kYuvSemi444}},
    {JpegSampling::k422, "4:2:2", F::kYvuSemi422, F::kYuvSemi422, {F::kYvuSemi422, F::kYuvSemi422}},
    {JpegSampling::k420, "4:2:0", F::kYvuSemi420, F::kYuvSemi420, {F::kUnknown, F::kUnknown}},
    {JpegSampling::k440, "4:4:0", F::kYvuSemi440, F::kYuvSemi440, {F::kYvuSemi440, F::kYuvSemi440}},
    {JpegSampling::k400, "4:0:0", F::kYvuSemi420, F::kYuvSemi420, {F::kYuv400, F::kUnknown}},
    {JpegSampling::k411, "4:1:1", F::kYvuSemi420, F::kYuvSemi420, {F::kUnknown, F::kUnknown}},
    {JpegSampling::kOther,
     "an unusual ratio",
     F::kYvuSemi420,
     F::kYuvSemi420,
     {F::kUnknown, F::kUnknown}},
};

constexpr F kAlways[] = {F::kYuvSemi420, F::kYvuSemi420, F::kRgb888,   F::kBgr888,
                         F::kArgb8888,   F::kAbgr8888,   F::kRgba8888, F::kBgra8888};

const SamplingRow& row_of(JpegSampling sampling) {
  return *std::ranges::find(kSamplings, sampling, &SamplingRow::sampling);
}

// Empty for what is decoded as it is.
std::string refusal(const JpegInfo& info, bool& never) {
  never = true;
  if (info.coding == JpegCoding::kLossless) return "a lossless one (SOF3)";
  if (info.coding == JpegCoding::kHierarchical) return "a hierarchical one (differential frames)";
  if (info.precision != 8 && info.precision != 12) {
    return fmt::format("one of {} bits a sample", info.precision);
  }
  if (info.colour == JpegColour::kOther) {
    return fmt::format("one of {} components, which has no known colours", info.components);
  }
  never = false;
  std::vector<std::string> reasons;
  if (info.progressive) reasons.push_back("progressive");
  if (info.coding == JpegCoding::kArithmetic) reasons.push_back("arithmetic-coded");
  if (info.precision == 12) reasons.push_back("of 12 bits a sample");
  if (info.colour != JpegColour::kGray && info.colour != JpegColour::kYCbCr) {
    reasons.push_back(fmt::format("{}-coded", jpeg_colour_name(info.colour)));
  } else if (info.sampling == JpegSampling::k411 || info.sampling == JpegSampling::kOther) {
    reasons.push_back(fmt::format("sampled {}", jpeg_sampling_name(info.sampling)));
  }
  return reasons.empty() ? std::string() : fmt::format("{}", fmt::join(reasons, ", "));
}

int32_t rounded(int32_t side, bool round, JpegOddSize mode) {
  if (!round || side % 2 == 0) return side;
  return mode == JpegOddSize::kAlignUp ? side + 1 : std::max(side - 1, 1);
}

}  // namespace

std::string_view jpeg_sampling_name(JpegSampling sampling) {
  return row_of(sampling).name;
}

std::string_view jpeg_colour_name(JpegColour colour) {
  constexpr std::string_view kNames[] = {"gray", "YCbCr", "RGB", "CMYK", "YCCK", "unknown"};
  return kNames[static_cast<int>(colour)];
}

Status check_jpeg_coding(const JpegInfo& info) {
  bool never = false;
  const std::string found = refusal(info, never);
  if (found.empty()) return {};
  return {
      ACL_ERROR_UNSUPPORTED_JPEG,
      fmt::format("the JPEG file ({} x {}) is {}; the decoder takes baseline Huffman files of 8 "
                  "bits, gray or YCbCr in 4:4:4, 4:2:2, 4:2:0 or 4:4:0. {}",
                  info.width, info.height, found,
                  never ? "Convert the file."
                        : "Convert the file, or set POACL_LENIENT_MEDIA=1 to decode it here; "
                          "the NPU does not.")};
}

bool jpeg_decodable(const JpegInfo& info) {
  bool never = false;
  const std::string found = refusal(info, never);
  return found.empty() || !never;
}

PixelFormat jpeg_native_format(const JpegInfo& info, bool v_first) {
  const SamplingRow& row = row_of(info.sampling);
  return v_first ? row.native_v_first : row.native_u_first;
}

Status check_jpeg_output(const JpegInfo& info, PixelFormat format) {
  if (format == F::kUnknown || std::ranges::find(kAlways, format) != std::end(kAlways)) return {};
  const SamplingRow& row = row_of(info.sampling);
  std::vector<std::string> legal;
  for (const F further : row.further) {
    if (further == F::kUnknown) continue;
    if (further == format) return {};
    legal.push_back(fmt::format("{} ({})", format_info(further).name, static_cast<int>(further)));
  }
  for (const F always : kAlways) {
    legal.push_back(fmt::format("{} ({})", format_info(always).name, static_cast<int>(always)));
  }
  const FormatInfo* asked = find_format(static_cast<int32_t>(format));
  return {
      ACL_ERROR_INVALID_PARAM,
      fmt::format("a JPEG file sampled {} is not decoded to {} ({}); possible are {}, and 10000 "
                  "for its own",
                  row.name, asked ? asked->name : "an unknown format", static_cast<int>(format),
                  fmt::join(legal, ", "))};
}

PictureSize jpeg_decoded_size(const JpegInfo& info, JpegOddSize odd_size) {
  bool width = false;
  bool height = false;
  if (info.sampling == JpegSampling::k420) width = height = true;
  if (info.sampling == JpegSampling::k422) width = true;
  if (info.sampling == JpegSampling::k440) height = true;
  if (odd_size == JpegOddSize::kAlignDownCompat) width = height = width || height;
  PictureSize size = {rounded(info.width, width, odd_size), rounded(info.height, height, odd_size)};
  if (info.orientation >= 5) std::swap(size.width, size.height);
  return size;
}

}  // namespace poacl::media
