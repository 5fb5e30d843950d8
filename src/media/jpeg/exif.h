// The one thing of an EXIF block that matters to a decoder.
#pragma once

#include <cstdint>
#include <span>

namespace poacl::media {

// `payload` of an APP1 segment (after its length). 1..8, or 0 when it is no EXIF block, holds no
// orientation or is broken.
int exif_orientation(std::span<const uint8_t> payload) noexcept;

}  // namespace poacl::media
