// The register tile of conv_planes.h, in the namespace of the including unit's ISA.
#pragma once

#include <cstdint>

namespace poacl::POACL_SIMD {

inline constexpr int kPlaneFloats = (2 * kTile + 3) * kLanes;  // more than a register tile

struct PlanesTile {
  int64_t channels, taps;
  int64_t channel_step;    // between the planes of channels
  int64_t row_step, step;  // of the filter: between output channels, between taps
  const int64_t* offsets;
  float low, high;
};

// R output channels at V vectors of outputs, into out [R][V * kLanes].
template <int R, int V>
void planes_tile(const PlanesTile& t, const float* x, const float* filter, const float* bias,
                 float* out) {
  Vec acc[R][V];
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    const Vec start = bias == nullptr ? vzero() : vset1(bias[r]);
    POACL_UNROLL
    for (int v = 0; v < V; ++v) acc[r][v] = start;
  }
  for (int64_t c = 0; c < t.channels; ++c, x += t.channel_step) {
    for (int64_t k = 0; k < t.taps; ++k, filter += t.step) {
      const float* in = x + t.offsets[k];
      Vec cells[V];
      POACL_UNROLL
      for (int v = 0; v < V; ++v) cells[v] = vload(in + v * kLanes);
      POACL_UNROLL
      for (int r = 0; r < R; ++r) {
        const Vec w = vset1(filter[r * t.row_step]);
        POACL_UNROLL
        for (int v = 0; v < V; ++v) acc[r][v] = vfma(w, cells[v], acc[r][v]);
      }
    }
  }
  const Vec low = vset1(t.low);
  const Vec high = vset1(t.high);
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    POACL_UNROLL
    for (int v = 0; v < V; ++v) {
      vstore(out + (r * V + v) * kLanes, vat_most(vat_least(acc[r][v], low), high));
    }
  }
}

using PlanesTileFn = void (*)(const PlanesTile&, const float*, const float*, const float*, float*);

// Widths that tiles exist in.
POACL_INLINE int64_t planes_width_at_most(int64_t vectors) {
  return vectors >= 8 ? 8 : vectors >= 6 ? 6 : vectors >= 4 ? 4 : vectors;
}
POACL_INLINE int64_t planes_width_at_least(int64_t vectors) {
  return vectors > 6 ? 8 : vectors > 4 ? 6 : vectors;
}

template <int R, int V>
PlanesTileFn find_planes_width(int64_t vectors) {
  if constexpr (V == 0) {
    return nullptr;
  } else if constexpr (V == 7 || V == 5 || V * (R + 1) > 2 * kTile + 3) {
    return find_planes_width<R, V - 1>(vectors);
  } else {
    return vectors == V ? planes_tile<R, V> : find_planes_width<R, V - 1>(vectors);
  }
}

template <int R>
PlanesTileFn find_planes_tile(int64_t rows, int64_t vectors) {
  if constexpr (R == 0) {
    return nullptr;
  } else {
    return rows == R ? find_planes_width<R, 8>(vectors) : find_planes_tile<R - 1>(rows, vectors);
  }
}

POACL_INLINE int64_t planes_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

}  // namespace poacl::POACL_SIMD
