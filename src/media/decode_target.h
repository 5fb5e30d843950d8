// Where a decoded JPEG or PNG picture goes: format, size and strides that follow from the file,
// from what the owner of the output says about it, and from the chip (spec: jpeg-png sections 1 and
// 5).
#pragma once

#include <cstdint>

#include "base/status.h"
#include "media/jpeg/jpeg_info.h"
#include "media/picture_rules.h"
#include "media/png/png_decode.h"

namespace poacl::media {

// Of `asked`, format UNKNOWN, and a width, height or stride of 0 mean "decide for me". Width and
// height that are not the file's are ignored, unless in strict media. Strides are taken as they are
// when the picture fits with them; else the width stride is lowered to the largest multiple of the
// chip's alignment that fits, as it is common that a program computes its buffer with one alignment
// and the descriptor with another. 100000 with the numbers, 200006 for a format nothing can make of
// this file.
Result<Picture> jpeg_target(const JpegInfo& info, const PictureNumbers& asked, JpegOddSize odd_size,
                            const Rulebook& book);
Result<Picture> png_target(const PngInfo& info, const PictureNumbers& asked,
                           const PngDecodeOptions& options, const Rulebook& book);

// Bytes for a buffer that takes the picture in this format (UNKNOWN: the file's own) with the
// chip's strides, whatever the odd-size mode. 100000 when that is 4 GiB or more.
Result<uint32_t> jpeg_decoded_bytes(const JpegInfo& info, int64_t format, const MediaRules& rules);
Result<uint32_t> png_decoded_bytes(const PngInfo& info, int64_t format,
                                   const PngDecodeOptions& options);

// The bound that predict_enc_size tells for JPEG encoding; format and sizes have been checked.
uint32_t jpeg_encoded_bytes(const Picture& picture);

}  // namespace poacl::media
