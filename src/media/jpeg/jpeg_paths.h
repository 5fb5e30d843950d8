// The ways from a JPEG file to a picture; decode_jpeg chooses. `out` has been checked against the
// file; all apply the turn.
#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"
#include "media/jpeg/jpeg_info.h"
#include "media/jpeg/jpeg_library.h"
#include "media/jpeg/picture_writer.h"
#include "media/picture.h"

namespace poacl::media {

// YCbCr and gray files to semi-planar formats (gray ones also to YUV_400): raw planes, luma
// straight into its place where the rows have room for whole blocks.
Status decode_jpeg_planes(JpegReader& reader, const JpegInfo& info, const Picture& out);

// Everything that needs whole pixels in between: RGB formats, and files that are RGB, CMYK, YCCK or
// sampled in ways that no format has.
Status decode_jpeg_pixels(JpegReader& reader, const JpegInfo& info, const Picture& out);

// Files of 12 bits a sample, gray or YCbCr, to semi-planar formats: the upper 8 bits.
Status decode_jpeg_deep(std::span<const uint8_t> data, const JpegInfo& info, const Picture& out);

// The library decodes by what it reads itself: whether that is what the checks were made for.
Status same_jpeg_header(const JpegInfo& info, const jpeg_decompress_struct& file);

// Whether the library keeps, for a file of many scans, more than kMaxJpegCoefficientBytes.
Status check_jpeg_memory(const jpeg_decompress_struct& file);

// How much of luma's size chroma has, as shifts; for the samplings that formats have.
int jpeg_chroma_shift_x(JpegSampling sampling);
int jpeg_chroma_shift_y(JpegSampling sampling);

}  // namespace poacl::media
