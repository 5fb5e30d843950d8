// Pixels to baseline JPEG (spec: jpeg-png section 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/status.h"
#include "media/picture.h"

namespace poacl::media {

// Formats: gray (0), semi-planar 4:2:0, 4:2:2, 4:4:4 (1..6), packed 4:2:2 (7..10). Size 1..65500 a
// side. 100000 with the numbers if not, or if strides or size of the picture do not cover it.
Status check_jpeg_source(const Picture& picture);

// The most bytes that a picture of this format and size can take at any quality (libjpeg-turbo's
// own bound). The picture must have passed check_jpeg_source, whose data pointer is not looked at.
size_t max_jpeg_bytes(const Picture& picture);

// Writes a Huffman-coded baseline file with libjpeg's tables of that quality, 1..100 (0 means 100)
// to `out` and returns its length. Nothing is written past out. Thread-safe; memory used is some
// rows. 100000: bad picture, bad quality, or `out` is too small (the message names
// max_jpeg_bytes); 200000: no memory.
Result<size_t> encode_jpeg(const Picture& picture, int quality, std::span<uint8_t> out);

}  // namespace poacl::media
