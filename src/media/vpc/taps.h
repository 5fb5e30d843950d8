// Which source samples, with which weights, make each sample along one axis of a scaled picture.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "media/vpc/interpolation.h"
#include "media/vpc/row_kernels.h"

namespace poacl::media {

// Scaling `in` positions to `out`; `factor` is OpenCV's: the reciprocal of a rounded quotient.
struct AxisScale {
  AxisScale() = default;
  AxisScale(Interpolation method, int32_t in, int32_t out) noexcept;

  Interpolation method = Interpolation::kBilinear;
  int32_t in = 1;
  int32_t out = 1;
  double factor = 1;
};

inline constexpr int kWeightOne = 2048;

// Weights sum to kWeightOne; both positions are inside [0, in).
struct RowPair {
  int32_t first;
  int32_t second;
  int first_weight;
  int second_weight;
};

// Rows of a bilinear scaling.
RowPair rows_at(const AxisScale& scale, int32_t y) noexcept;

// Of kNearest.
int32_t nearest_at(const AxisScale& scale, int32_t i) noexcept;

// The columns of a scaling, as scale_row takes them.
class ColumnTaps {
 public:
  // `readable_before` and `readable_after`: bytes that may be read to the left of the row's first
  // position and from there to the right. Throws std::bad_alloc.
  ColumnTaps(const AxisScale& scale, int32_t components, int64_t readable_before,
             int64_t readable_after);

  // Valid while this lives and does not move.
  RowTaps view() const noexcept;

 private:
  void add_windows(int64_t readable_before, int64_t readable_after);

  int32_t components_;
  int32_t tap_bytes_ = 0;
  int32_t wide_loads_ = 0;
  std::vector<int32_t> offsets_;
  std::vector<int16_t> weights_;
  std::vector<int32_t> window_offsets_;
  std::vector<uint8_t> window_bytes_;
};

// Taps that several lanes or regions of one call share.
class ColumnTapsCache {
 public:
  // As ColumnTaps' constructor.
  std::shared_ptr<const ColumnTaps> get(const AxisScale& scale, int32_t components,
                                        int64_t readable_before, int64_t readable_after);

 private:
  struct Entry {
    AxisScale scale;
    int32_t components;
    int64_t readable_before;
    int64_t readable_after;
    std::shared_ptr<const ColumnTaps> taps;
  };
  std::vector<Entry> entries_;
};

// Bytes from the row's first position to the source of each pixel, for kNearest.
std::vector<int32_t> nearest_offsets(const AxisScale& scale, int32_t components);

}  // namespace poacl::media
