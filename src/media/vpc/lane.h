// A picture taken apart into lanes: sets of samples that lie side by side at even steps. A plane is
// one lane, except that of packed 4:2:2, which is three (luma every second byte, U and V every
// fourth), so that every pixel can be addressed by itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "media/picture.h"

namespace poacl::media {

struct Lane {
  uint8_t* data = nullptr;
  int64_t stride = 0;      // bytes between rows
  int32_t step = 1;        // bytes between positions of a row
  int32_t components = 1;  // samples of a position, adjacent bytes; step or less
  int32_t width = 0;       // positions
  int32_t height = 0;
  uint8_t shift_x = 0;  // as in PlaneLayout, of the lane itself
  uint8_t shift_y = 0;
  std::array<char, 4> samples = {};  // 'Y' 'U' 'V' 'R' 'G' 'B' 'A'

  bool contiguous() const noexcept { return step == components; }
  uint8_t* at(int64_t x, int64_t y) const noexcept { return data + y * stride + x * step; }
};

struct Lanes {
  const FormatInfo* format = nullptr;
  int count = 0;
  std::array<Lane, 3> lane = {};
};

Lanes lanes_of(const Picture& picture) noexcept;

// The part of a lane that belongs to an area of its picture, as a lane of its own.
Lane cut(const Lane& lane, const Rect& area) noexcept;

// Index in Y, U, V or R, G, B, A order.
size_t component_index(char sample) noexcept;

// Component that a lane's sample i is.
inline size_t component_of(const Lane& lane, int i) noexcept {
  return component_index(lane.samples[static_cast<size_t>(i)]);
}

// The same samples in the same order at the same density: bytes of one can become the other's.
bool interchangeable(const Lane& a, const Lane& b) noexcept;

}  // namespace poacl::media
