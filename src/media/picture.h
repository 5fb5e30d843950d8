// A picture in memory: a view, which owns nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "media/pixel_format.h"

namespace poacl::media {

// Pixels; right and bottom are not part of it.
struct Rect {
  int32_t left = 0;
  int32_t top = 0;
  int32_t width = 0;
  int32_t height = 0;
};

struct Picture {
  PixelFormat format = PixelFormat::kUnknown;
  int32_t width = 0;          // pixels
  int32_t height = 0;         // pixels
  int32_t width_stride = 0;   // BYTES of a row of the first plane
  int32_t height_stride = 0;  // rows of the first plane in memory
  uint8_t* data = nullptr;
  size_t size = 0;  // bytes at data
};

// One plane of a picture, chroma as a picture of its own.
struct Plane {
  uint8_t* data = nullptr;
  int32_t width = 0;       // positions in a row
  int32_t height = 0;      // rows
  int32_t components = 1;  // interleaved samples of a position
  int64_t stride = 0;      // bytes between rows
};

// Bytes that height_stride full rows of every plane take; no overflow for sizes below 2^31.
int64_t strided_bytes(const FormatInfo& info, int32_t width_stride, int32_t height_stride) noexcept;

// Bytes from data to the end of the last row really used (the last row of the last plane may end at
// its width): what a buffer must hold at the very least.
int64_t touched_bytes(const Picture& picture) noexcept;

// `index` below the format's plane_count.
Plane plane(const Picture& picture, int index) noexcept;

}  // namespace poacl::media
