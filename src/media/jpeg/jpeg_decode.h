// JPEG to pixels (spec: jpeg-png section 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/status.h"
#include "media/jpeg/jpeg_info.h"
#include "media/picture.h"

namespace poacl::media {

// Lenient decoding keeps a file's coefficients in memory only up to this many bytes (8192 x 8192
// in 4:4:4 takes three quarters of it), and follows this many scans.
inline constexpr int64_t kMaxJpegCoefficientBytes = int64_t{512} << 20;
inline constexpr int kMaxJpegScans = 500;

struct JpegDecodeOptions {
  // Decode what the chip refuses as well: progressive, arithmetic, RGB, CMYK, YCCK, other
  // samplings.
  bool lenient = false;
};

// Whether `out` can take the picture of `info`: its format is legal, its size is the decoded one
// under any of the odd-size modes (one more than an odd side is accepted for every sampling), its
// strides cover that size and all rows fit in out.size. What decode_jpeg checks before it decodes,
// for callers that want to know at once. 100000 with the numbers found and those needed.
Status check_jpeg_target(const JpegInfo& info, const Picture& out);

// Decodes into out.data, EXIF orientation applied. Luma and native chroma are libjpeg-turbo's raw
// planes bit for bit; 4:4:4, 4:2:2 and 4:4:0 become 4:2:0 by averaging; gray files get chroma 0x80;
// RGB formats are libjpeg-turbo's conversion, alpha 255. Padding between out.width and the stride
// may be written, nothing outside the rows of the planes or past out.size. Missing data is grey, as
// libjpeg-turbo leaves it. Thread-safe; memory beyond `out` is some rows, except for lenient
// many-scan files (kMaxJpegCoefficientBytes).
// 100000: no JPEG, or `out` cannot take it; 148052: a coding that is refused; 200000: no memory;
// 507018: the data is damaged so that nothing can be decoded.
Status decode_jpeg(std::span<const uint8_t> data, const JpegDecodeOptions& options,
                   const Picture& out);

}  // namespace poacl::media
