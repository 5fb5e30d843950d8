// Which sampling a picture is scaled with (spec: vpc section 4): the methods there are, and the one
// place that says which of them a number of the interface means on which chip.
#pragma once

#include <cstdint>
#include <optional>

#include "base/soc_profile.h"

namespace poacl::media {

// `scale` is source size over destination size, of the cropped area and separately per axis.
// Positions outside the cropped area take its nearest edge. Weights have 11 bits, so that results
// equal OpenCV's INTER_LINEAR (kBilinear) and INTER_NEAREST (kNearest) bit for bit.
enum class Interpolation {
  kBilinear,         // source = (destination + 0.5) * scale - 0.5: pixel centres meet
  kBilinearTopLeft,  // source = destination * scale: top left corners meet (TensorFlow)
  kNearest,          // source = floor(destination * scale)
};

// What acldvppSetResizeConfigInterpolation's `value` means. Empty: the chip does not support it.
std::optional<Interpolation> v1_interpolation(uint32_t value, SocFamily family) noexcept;

// Of V1 calls that take no algorithm (crop, crop_and_paste and their batch forms).
Interpolation v1_default_interpolation(SocFamily family) noexcept;

}  // namespace poacl::media
