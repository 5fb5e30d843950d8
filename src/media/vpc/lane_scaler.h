// The rows of an area of a lane, scaled: what is the same for all workers (LanePlan) and what each
// worker keeps (LaneScaler).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "media/vpc/lane.h"
#include "media/vpc/row_memory.h"
#include "media/vpc/taps.h"

namespace poacl::media {

class LanePlan {
 public:
  // `whole` is a lane of a picture, `area` the part of the PICTURE that is scaled to
  // out_width x out_height pixels. Throws std::bad_alloc.
  LanePlan(const Lane& whole, const Rect& area, int32_t out_width, int32_t out_height,
           Interpolation method, ColumnTapsCache& cache);

  const Lane& source() const noexcept { return source_; }  // of the area
  int32_t width() const noexcept { return out_width_; }    // positions of the scaled lane
  int32_t height() const noexcept { return rows_.out; }
  int64_t row_bytes() const noexcept { return int64_t{out_width_} * source_.components; }
  // Rows can be used where they lie.
  bool in_place() const noexcept { return !scales_ && source_.contiguous(); }

 private:
  friend class LaneScaler;

  Lane source_;
  int32_t out_width_;
  bool scales_;
  AxisScale rows_;
  std::shared_ptr<const ColumnTaps> taps_;  // of the bilinear methods, else null
  std::vector<int32_t> nearest_;            // bytes from a row's first position
};

class LaneScaler {
 public:
  LaneScaler(const LanePlan& plan, const RowKernels& kernels, RowMemory& memory) noexcept;

  // Row y of the scaled lane, its positions side by side.
  void write(int32_t y, uint8_t* out) noexcept;

  // The same, in `buffer` or where the row lies anyway.
  const uint8_t* row(int32_t y, uint8_t* buffer) noexcept;

 private:
  void pick_nearest(const uint8_t* row, uint8_t* out) const noexcept;
  void copy(const uint8_t* row, uint8_t* out) const noexcept;
  // The horizontally scaled source row; the one of `other` stays valid.
  const int16_t* scaled(int32_t source_row, int32_t other) noexcept;

  const LanePlan* plan_;
  const RowKernels* kernels_;
  RowTaps taps_;
  uint8_t* picked_ = nullptr;  // a source row without what lies between its positions
  int16_t* rows_[2] = {};
  int32_t row_numbers_[2] = {-1, -1};
};

}  // namespace poacl::media
