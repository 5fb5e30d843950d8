#include "media/vpc/lane_scaler.h"

#include <cstring>

namespace poacl::media {
namespace {

constexpr int32_t kOvershoot = 32;  // samples that scale_row may write too many

template <int N>
void pick(const uint8_t* row, const int32_t* offsets, int32_t n, uint8_t* out) {
  int32_t i = 0;
  if constexpr (N == 3) {
    // One access instead of two; the fourth byte is in the row and is overwritten by the next.
    for (; offsets[i] < offsets[n - 1]; ++i) std::memcpy(out + N * i, row + offsets[i], 4);
  }
  for (; i < n; ++i) std::memcpy(out + N * i, row + offsets[i], N);
}

template <int Step>
void pick_every(const uint8_t* row, int32_t n, uint8_t* out) {
  for (int32_t i = 0; i < n; ++i) out[i] = row[int64_t{Step} * i];
}

}  // namespace

LanePlan::LanePlan(const Lane& whole, const Rect& area, int32_t out_width, int32_t out_height,
                   Interpolation method, ColumnTapsCache& cache)
    : source_(cut(whole, area)), out_width_((out_width + whole.shift_x) >> whole.shift_x) {
  const int32_t height = (out_height + whole.shift_y) >> whole.shift_y;
  scales_ = out_width_ != source_.width || height != source_.height;
  rows_ = AxisScale(method, source_.height, height);
  if (!scales_) return;
  const AxisScale columns(method, source_.width, out_width_);
  if (method == Interpolation::kNearest) {
    nearest_ = nearest_offsets(columns, source_.step);
    return;
  }
  const int64_t left = area.left >> whole.shift_x;
  if (source_.contiguous()) {
    taps_ = cache.get(columns, source_.components, left * source_.components,
                      (whole.width - left) * source_.components);
  } else {
    taps_ = cache.get(columns, source_.components, 0, source_.width * source_.components);
  }
}

LaneScaler::LaneScaler(const LanePlan& plan, const RowKernels& kernels, RowMemory& memory) noexcept
    : plan_(&plan), kernels_(&kernels) {
  if (plan.taps_ == nullptr) return;
  taps_ = plan.taps_->view();
  for (int16_t*& row : rows_) row = memory.words(plan.row_bytes() + kOvershoot);
  if (!plan.source_.contiguous()) picked_ = memory.bytes(plan.source_.width);
}

void LaneScaler::copy(const uint8_t* row, uint8_t* out) const noexcept {
  const Lane& source = plan_->source_;
  if (source.contiguous()) {
    std::memcpy(out, row,
                static_cast<size_t>(source.width) * static_cast<size_t>(source.components));
  } else if (source.step == 2) {
    pick_every<2>(row, source.width, out);
  } else {
    pick_every<4>(row, source.width, out);
  }
}

void LaneScaler::pick_nearest(const uint8_t* row, uint8_t* out) const noexcept {
  const int32_t* offsets = plan_->nearest_.data();
  const int32_t n = plan_->out_width_;
  switch (plan_->source_.components) {
    case 1:
      return pick<1>(row, offsets, n, out);
    case 2:
      return pick<2>(row, offsets, n, out);
    case 3:
      return pick<3>(row, offsets, n, out);
    default:
      return pick<4>(row, offsets, n, out);
  }
}

const int16_t* LaneScaler::scaled(int32_t source_row, int32_t other) noexcept {
  for (int i = 0; i < 2; ++i) {
    if (row_numbers_[i] == source_row) return rows_[i];
  }
  const int slot = row_numbers_[0] == other ? 1 : 0;
  const uint8_t* row = plan_->source_.at(0, source_row);
  if (picked_ != nullptr) {
    copy(row, picked_);
    row = picked_;
  }
  kernels_->scale_row(row, taps_, rows_[slot]);
  row_numbers_[slot] = source_row;
  return rows_[slot];
}

void LaneScaler::write(int32_t y, uint8_t* out) noexcept {
  const Lane& source = plan_->source_;
  if (!plan_->scales_) return copy(source.at(0, y), out);
  if (plan_->taps_ == nullptr) return pick_nearest(source.at(0, nearest_at(plan_->rows_, y)), out);
  RowPair pair = rows_at(plan_->rows_, y);
  // A row without weight need not be made.
  if (pair.second_weight == 0) pair.second = pair.first;
  if (pair.first_weight == 0) pair.first = pair.second;
  if (taps_.windows == 0 && picked_ == nullptr && source.height > 2 * plan_->rows_.out) {
    // No two rows share a source row.
    kernels_->scale_rows(source.at(0, pair.first), source.at(0, pair.second), taps_,
                         pair.first_weight, pair.second_weight, out);
    return;
  }
  const int16_t* first = scaled(pair.first, pair.second);
  const int16_t* second = scaled(pair.second, pair.first);
  kernels_->blend_rows(first, second, pair.first_weight, pair.second_weight, out,
                       plan_->row_bytes());
}

const uint8_t* LaneScaler::row(int32_t y, uint8_t* buffer) noexcept {
  if (plan_->in_place()) return plan_->source_.at(0, y);
  write(y, buffer);
  return buffer;
}

}  // namespace poacl::media
