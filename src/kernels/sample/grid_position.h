// Where a grid's coordinate lies in an image, for GridSampler2D and GridSampler3D.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace poacl {

enum class GridPadding : uint8_t { kZeros, kBorder, kReflection };
enum class GridMode : uint8_t { kNearest, kLinear, kCubic };

// One dimension.
struct GridAxis {
  int64_t size;
  bool align_corners;  // -1 and 1 are the centres of the outer cells, else their outer edges
  GridPadding padding;

  // In cells. Not-a-number and far coordinates come out far, but safe to round.
  double position(double coordinate) const {
    const auto n = static_cast<double>(size);
    const double x =
        align_corners ? (coordinate + 1) / 2 * (n - 1) : ((coordinate + 1) * n - 1) / 2;
    return x >= -1e15 ? std::min(x, 1e15) : -1e15;
  }

  // Mirrors at the outer centres or edges until inside.
  double reflected(double x) const {
    const double low = align_corners ? 0.0 : -0.5;
    const double span = static_cast<double>(size) - (align_corners ? 1.0 : 0.0);
    if (span <= 0) return 0;
    const double distance = std::fabs(x - low);
    const double rest = std::fmod(distance, span);
    const bool back = std::fmod(std::floor(distance / span), 2.0) != 0;
    return low + (back ? span - rest : rest);
  }

  // A position as the padding wants it before its neighbours are taken.
  double padded(double x) const {
    if (padding == GridPadding::kBorder) {
      return std::clamp(x, 0.0, static_cast<double>(size - 1));
    }
    const double low = align_corners ? 0.0 : -0.5;
    const double high = static_cast<double>(size - 1) - low;
    return padding == GridPadding::kReflection && (x < low || x > high) ? reflected(x) : x;
  }

  // The cell that stands for number `x`; -1: zero.
  int64_t cell(double x) const {
    const auto last = static_cast<double>(size - 1);
    if (padding == GridPadding::kReflection && (x < 0 || x > last)) x = reflected(x);
    if (padding == GridPadding::kZeros && (x < 0 || x > last)) return -1;
    return static_cast<int64_t>(std::clamp(x, 0.0, last));
  }
};

// The cells that one coordinate is made of along one dimension.
struct GridTaps {
  int count = 1;
  int64_t cell[4];
  double weight[4];

  void add(const GridAxis& axis, double x, double factor) {
    cell[count] = axis.cell(x);
    weight[count++] = factor;
  }
};

inline GridTaps grid_taps(const GridAxis& axis, GridMode mode, double coordinate) {
  GridTaps taps;
  taps.count = 0;
  double x = axis.position(coordinate);
  if (mode == GridMode::kNearest) {
    // Half way goes to the even cell.
    taps.add(axis, axis.padded(std::nearbyint(x)), 1);
    return taps;
  }
  if (mode == GridMode::kLinear) {
    x = axis.padded(x);
    const double base = std::floor(x);
    taps.add(axis, base, 1 - (x - base));
    taps.add(axis, base + 1, x - base);
    return taps;
  }
  const double base = std::floor(x);
  const double t = x - base;
  constexpr double kA = -0.75;
  const auto inner = [](double d) { return ((kA + 2) * d - (kA + 3)) * d * d + 1; };
  const auto outer = [](double d) { return ((kA * d - 5 * kA) * d + 8 * kA) * d - 4 * kA; };
  taps.add(axis, base - 1, outer(1 + t));
  taps.add(axis, base, inner(t));
  taps.add(axis, base + 1, inner(1 - t));
  taps.add(axis, base + 2, outer(2 - t));
  return taps;
}

}  // namespace poacl
