// What a JPEG file is, read from its markers without decoding or allocating, and what follows from
// it for the output (spec: jpeg-png section 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/status.h"
#include "media/pixel_format.h"

namespace poacl::media {

// How chroma is sampled relative to luma; numbered as in acldvppJpegFormat (hi_jpeg_raw_format has
// 3 and 4 the other way round).
enum class JpegSampling : int32_t {
  k444 = 0,
  k422 = 1,  // chroma has half the width
  k420 = 2,  // half the width, half the height
  k400 = 3,  // no chroma
  k440 = 4,  // half the height
  k411 = 5,  // a quarter of the width
  kOther = 1000,
};

enum class JpegColour { kGray, kYCbCr, kRgb, kCmyk, kYcck, kOther };

// How samples are coded; only kHuffman is what the chip decodes.
enum class JpegCoding { kHuffman, kArithmetic, kLossless, kHierarchical };

// What becomes of an odd size where chroma is subsampled (the channel's precision mode).
enum class JpegOddSize : int32_t {
  kAlignDown = 0,        // 4:2:0 both, 4:2:2 the width, 4:4:0 the height: rounded down to even
  kAlignUp = 1,          // the same sides, rounded up
  kAlignDownCompat = 2,  // 4:2:0, 4:2:2 and 4:4:0: both sides rounded down
};

struct PictureSize {
  int32_t width = 0;
  int32_t height = 0;
};

struct JpegInfo {
  int32_t width = 0;       // pixels as stored, before rotation; 1..65535
  int32_t height = 0;      // the same; 0 never occurs
  int32_t components = 0;  // 1..4
  int32_t precision = 8;   // bits of a sample
  JpegSampling sampling = JpegSampling::kOther;
  JpegColour colour = JpegColour::kOther;
  JpegCoding coding = JpegCoding::kHuffman;
  bool progressive = false;
  // The first scan does not hold all components: a decoder must keep the whole picture's
  // coefficients, as for progressive files.
  bool many_scans = false;
  int32_t orientation = 1;  // EXIF, 1..8; 1 when there is none or the block is broken
  size_t precision_at = 0;  // where the file says its precision
};

// Reads markers up to the first scan. Never reads outside `data`, allocates nothing but the
// sentence of an error. 100000: not a JPEG file, or damaged before its frame header.
Result<JpegInfo> read_jpeg_info(std::span<const uint8_t> data);

// Success for what the chip's decoder takes: 8 bits, Huffman, baseline, gray or YCbCr sampled
// 4:4:4, 4:2:2, 4:2:0, 4:4:0. Otherwise 148052 (unsupported JPEG) and a sentence that says what was
// found and that POACL_LENIENT_MEDIA=1 decodes it, if that is so.
Status check_jpeg_coding(const JpegInfo& info);

// Whether lenient decoding can do it: not for lossless and hierarchical files, unusual depths and
// two components.
bool jpeg_decodable(const JpegInfo& info);

// The semi-planar format that keeps the file's chroma as it is; 4:2:0 for gray files (chroma 0x80)
// and for samplings that have no format.
PixelFormat jpeg_native_format(const JpegInfo& info, bool v_first = true);

// Whether a file of this sampling may be decoded to `format`; 100000 and the legal ones if not.
// PixelFormat::kUnknown stands for the native format.
Status check_jpeg_output(const JpegInfo& info, PixelFormat format);

// Width and height of the decoded picture: odd sides rounded, then swapped for orientations 5..8.
// A side of 1 is not rounded down to 0.
PictureSize jpeg_decoded_size(const JpegInfo& info, JpegOddSize odd_size);

// "4:2:0"; "YCbCr"; for messages.
std::string_view jpeg_sampling_name(JpegSampling sampling);
std::string_view jpeg_colour_name(JpegColour colour);

}  // namespace poacl::media
