// PNG to RGB_888 or RGBA_8888 (spec: jpeg-png section 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/status.h"
#include "media/picture.h"

namespace poacl::media {

enum class PngColour : int32_t { kGray = 0, kRgb = 2, kPalette = 3, kGrayAlpha = 4, kRgba = 6 };

struct PngInfo {
  int32_t width = 0;                   // pixels, 1..2^31-1
  int32_t height = 0;                  // the same
  int32_t bit_depth = 8;               // of a sample: 1, 2, 4, 8, 16
  PngColour colour = PngColour::kRgb;  // the PNG colour type number
  int32_t channels = 3;                // 1..4; a palette has 1
  bool interlaced = false;
  bool transparency = false;  // a tRNS chunk stands before the pixels
};

struct PngDecodeOptions {
  // Decode palette files as well, which the chip refuses: to RGB_888, with a tRNS chunk also to
  // RGBA_8888.
  bool lenient = false;
};

// Looks at the signature and the chunk headers up to the pixels. Never reads outside `data`.
// 100000: not a PNG file, or its header is damaged.
Result<PngInfo> read_png_info(std::span<const uint8_t> data);

// The chip's limits: sides 32..4096 and a file of at most 4096*4096*8 bytes. 200006 (not
// supported) with the numbers. Callers that enforce them (strict media) ask; decode_png does not.
Status check_png_limits(const PngInfo& info, size_t file_bytes);

// RGBA_8888 for gray+alpha, RGBA, and palettes with transparency; RGB_888 for the others.
PixelFormat png_natural_format(const PngInfo& info);

// Whether this file may be decoded to `format` (kUnknown: the natural one); 100000 if not.
// 200006 for a palette unless lenient.
Status check_png_output(const PngInfo& info, PixelFormat format, const PngDecodeOptions& options);

// check_png_output, and that out has the file's size, strides that cover it and room for all rows.
Status check_png_target(const PngInfo& info, const Picture& out, const PngDecodeOptions& options);

// Decodes into out.data, whose format is RGB_888 or RGBA_8888: samples below 8 bits are scaled up,
// of 16 bits the upper 8 are kept, alpha is dropped (never blended) for RGB_888, tRNS of gray and
// RGB files and gamma are ignored. Writes width*3 or width*4 bytes of each row and nothing else.
// Thread-safe; memory used is some rows. A row that fails leaves those before it written.
// 100000: no PNG, or `out` cannot take it; 200006: a palette, not lenient; 200000: no memory;
// 507018: damaged pixels.
Status decode_png(std::span<const uint8_t> data, const PngDecodeOptions& options,
                  const Picture& out);

}  // namespace poacl::media
