#include "media/vpc/taps.h"

#include <algorithm>

namespace poacl::media {
namespace {

constexpr int kWindow = 16;        // bytes
constexpr int kWindowSamples = 4;  // samples that one window feeds
constexpr size_t kSearched = 8;    // entries of a cache
constexpr uint8_t kZero = 0x80;    // byte shuffles write 0 for it

// A position between two samples; below 0 to the left of the first one.
struct Between {
  int32_t left;
  float fraction;
};

// In float after one rounding, as OpenCV has it: else its results could not be met exactly.
Between position(const AxisScale& scale, int32_t i) noexcept {
  const double exact =
      scale.method == Interpolation::kBilinear ? (i + 0.5) * scale.factor - 0.5 : i * scale.factor;
  const auto rounded = static_cast<float>(exact);
  auto left = static_cast<int32_t>(rounded);
  if (rounded < static_cast<float>(left)) --left;
  return {left, rounded - static_cast<float>(left)};
}

// To nearest, halves to even, as the processor's own conversion, which is a call here.
int rounded_weight(float fraction) noexcept {
  const double exact = static_cast<double>(fraction) * kWeightOne + 0.5;
  const auto rounded = static_cast<int>(exact);
  return rounded - static_cast<int>(exact == rounded && rounded % 2 != 0);
}

}  // namespace

AxisScale::AxisScale(Interpolation method_, int32_t in_, int32_t out_) noexcept
    : method(method_), in(in_), out(out_), factor(1.0 / (static_cast<double>(out_) / in_)) {}

RowPair rows_at(const AxisScale& scale, int32_t y) noexcept {
  const auto [left, fraction] = position(scale, y);
  return {std::clamp(left, 0, scale.in - 1), std::clamp(left + 1, 0, scale.in - 1),
          rounded_weight(1.0F - fraction), rounded_weight(fraction)};
}

int32_t nearest_at(const AxisScale& scale, int32_t i) noexcept {
  return std::min(static_cast<int32_t>(i * scale.factor), scale.in - 1);
}

std::vector<int32_t> nearest_offsets(const AxisScale& scale, int32_t components) {
  std::vector<int32_t> offsets(static_cast<size_t>(scale.out));
  for (int32_t i = 0; i < scale.out; ++i) {
    offsets[static_cast<size_t>(i)] = nearest_at(scale, i) * components;
  }
  return offsets;
}

ColumnTaps::ColumnTaps(const AxisScale& scale, int32_t components, int64_t readable_before,
                       int64_t readable_after)
    : components_(components), tap_bytes_(scale.in > 1 ? components : 0) {
  const auto pixels = static_cast<size_t>(scale.out);
  offsets_.resize(pixels);
  const size_t samples = (pixels * static_cast<size_t>(components) + 31) / 32 * 32;
  weights_.resize(2 * samples);
  int16_t* weight = weights_.data();
  for (int32_t x = 0; x < scale.out; ++x) {
    auto [left, fraction] = position(scale, x);
    // The last source position has no right neighbour: it becomes one.
    const int32_t last_left = std::max(scale.in - 2, 0);
    if (left < 0) {
      left = 0;
      fraction = 0;
    } else if (left > last_left || scale.in == 1) {
      left = last_left;
      fraction = 1;
    }
    offsets_[static_cast<size_t>(x)] = left * components;
    for (int32_t c = 0; c < components; ++c) {
      *weight++ = static_cast<int16_t>(rounded_weight(1.0F - fraction));
      *weight++ = static_cast<int16_t>(rounded_weight(fraction));
    }
  }
  const auto inside = [&](int32_t offset) { return offset + 8 <= readable_after; };
  wide_loads_ =
      static_cast<int32_t>(std::ranges::partition_point(offsets_, inside) - offsets_.begin());
  add_windows(readable_before, readable_after);
}

void ColumnTaps::add_windows(int64_t readable_before, int64_t readable_after) {
  if (readable_before + readable_after < kWindow) return;
  const auto samples = static_cast<int32_t>(offsets_.size()) * components_;
  const int32_t windows = (samples + 31) / 32 * 8;
  window_offsets_.resize(static_cast<size_t>(windows));
  window_bytes_.assign(static_cast<size_t>(windows) * kWindow, kZero);
  const auto left_tap = [&](int32_t sample) {
    return offsets_[static_cast<size_t>(sample / components_)] + sample % components_;
  };
  for (int32_t w = 0; w < windows; ++w) {
    const int32_t first = std::min(w * kWindowSamples, samples - 1);
    const int32_t end = std::min(first + kWindowSamples, samples);
    int32_t lowest = left_tap(first);
    // A pixel's later components may stand before the first one's of the next.
    for (int32_t s = first; s < end; ++s) lowest = std::min(lowest, left_tap(s));
    const auto begin = static_cast<int32_t>(std::min<int64_t>(lowest, readable_after - kWindow));
    window_offsets_[static_cast<size_t>(w)] = begin;
    uint8_t* bytes = window_bytes_.data() + static_cast<size_t>(w) * kWindow;
    for (int32_t s = first; s < end; ++s, bytes += 4) {
      const int32_t left = left_tap(s) - begin;
      if (left + tap_bytes_ >= kWindow) {
        window_offsets_.clear();
        return;
      }
      bytes[0] = static_cast<uint8_t>(left);
      bytes[2] = static_cast<uint8_t>(left + tap_bytes_);
    }
  }
}

RowTaps ColumnTaps::view() const noexcept {
  RowTaps taps;
  taps.pixels = static_cast<int32_t>(offsets_.size());
  taps.components = components_;
  taps.tap_bytes = tap_bytes_;
  taps.offsets = offsets_.data();
  taps.weights = weights_.data();
  taps.wide_loads = wide_loads_;
  taps.windows = static_cast<int32_t>(window_offsets_.size());
  taps.window_offsets = window_offsets_.data();
  taps.window_bytes = window_bytes_.data();
  return taps;
}

std::shared_ptr<const ColumnTaps> ColumnTapsCache::get(const AxisScale& scale, int32_t components,
                                                       int64_t readable_before,
                                                       int64_t readable_after) {
  // More than a window beyond the area makes no difference.
  readable_before = std::min<int64_t>(readable_before, kWindow);
  readable_after = std::min<int64_t>(readable_after, int64_t{scale.in} * components + kWindow);
  // The last ones are the likely ones; a long list of different regions is not searched each time.
  const size_t first = entries_.size() - std::min<size_t>(entries_.size(), kSearched);
  for (size_t i = entries_.size(); i-- > first;) {
    const Entry& entry = entries_[i];
    if (entry.scale.method == scale.method && entry.scale.in == scale.in &&
        entry.scale.out == scale.out && entry.components == components &&
        entry.readable_before == readable_before && entry.readable_after == readable_after) {
      return entry.taps;
    }
  }
  auto taps =
      std::make_shared<const ColumnTaps>(scale, components, readable_before, readable_after);
  entries_.push_back({scale, components, readable_before, readable_after, taps});
  return taps;
}

}  // namespace poacl::media
