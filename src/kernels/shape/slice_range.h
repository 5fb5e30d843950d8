// Begin, end, step of a slice, normalised as numpy does; shared by shape inference and kernels.
#pragma once

#include <cstdint>

namespace poacl {

struct SliceRange {
  int64_t begin = 0;
  int64_t step = 1;
  int64_t count = 0;  // elements taken
};

// `step` must not be 0 and `dim` >= 0; any begin and end are clamped.
inline SliceRange slice_range(int64_t begin, int64_t end, int64_t step, int64_t dim) {
  const int64_t low = step > 0 ? 0 : -1;
  const int64_t high = step > 0 ? dim : dim - 1;
  const auto clamp = [&](int64_t i) {
    // i + dim cannot overflow: it is only formed for negative i.
    if (i < 0) i += dim;
    return i < low ? low : (i > high ? high : i);
  };
  SliceRange range;
  range.begin = clamp(begin);
  range.step = step;
  const int64_t stop = clamp(end);
  if (step > 0 && stop > range.begin) {
    range.count = (stop - range.begin - 1) / step + 1;
  } else if (step < 0 && stop < range.begin) {
    // Unsigned, since -step overflows for the least int64.
    const uint64_t stride = ~static_cast<uint64_t>(step) + 1;
    range.count =
        static_cast<int64_t>((static_cast<uint64_t>(range.begin - stop) - 1) / stride) + 1;
  }
  return range;
}

}  // namespace poacl
