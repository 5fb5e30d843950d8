// The code of conv_cells.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/conv/conv_cells.h"
#include "kernels/conv/conv_finish.h"

namespace poacl::POACL_SIMD {

inline constexpr int64_t kCellsPanel = 2 * kLanes;

// The products of R cells with one tap's filter go to the sums of the outputs that the tap spreads
// the cells to. `x` is the first cell in the first channel's plane.
template <int R>
void cells_tile(const ConvCellsParams& p, const float* x, const float* filter,
                const int64_t* places, float* sums) {
  Vec acc[R][2];
  POACL_UNROLL
  for (int r = 0; r < R; ++r) acc[r][0] = acc[r][1] = vzero();
  const int64_t channels = p.g.group_channels();
  const int64_t step = p.g.in_plane();
  for (int64_t c = 0; c < channels; ++c, x += step, filter += kCellsPanel) {
    // The filter comes from memory, faster than the hardware's own guess.
    POACL_UNROLL
    for (int i = 0; i < kCellsPanel; i += 16) vprefetch(filter + 32 * kCellsPanel + i);
    const Vec w0 = vload(filter);
    const Vec w1 = vload(filter + kLanes);
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      const Vec v = vset1(x[r]);
      acc[r][0] = vfma(v, w0, acc[r][0]);
      acc[r][1] = vfma(v, w1, acc[r][1]);
    }
  }
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    if (places[r] < 0) continue;
    float* at = sums + places[r] * kCellsPanel;
    vstore(at, vadd(vload(at), acc[r][0]));
    vstore(at + kLanes, vadd(vload(at + kLanes), acc[r][1]));
  }
}

using CellsTileFn = void (*)(const ConvCellsParams&, const float*, const float*, const int64_t*,
                             float*);

template <int R>
CellsTileFn find_cells_tile(int64_t rows) {
  if constexpr (R == 0) {
    return nullptr;
  } else {
    return rows == R ? cells_tile<R> : find_cells_tile<R - 1>(rows);
  }
}

POACL_INLINE int64_t cells_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

// Sums start with the bias of their output channels; those past the last are zero.
static void start_sums(const float* bias, int64_t outputs, int64_t places, float* sums) {
  float start[kCellsPanel] = {};
  for (int64_t o = 0; bias != nullptr && o < outputs; ++o) start[o] = bias[o];
  const Vec first = vload(start);
  const Vec second = vload(start + kLanes);
  for (int64_t i = 0; i < places; ++i, sums += kCellsPanel) {
    vstore(sums, first);
    vstore(sums + kLanes, second);
  }
}

static void conv_cells_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ConvCellsParams*>(args.params);
  const ConvNdGeometry& g = p.g;
  const auto* x = static_cast<const float*>(args.inputs[0]);
  const auto* filter = static_cast<const float*>(args.inputs[1]);
  const auto* bias = g.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr;
  auto* y = static_cast<float*>(args.outputs[0]);
  auto* places = reinterpret_cast<int64_t*>(args.scratch + p.places_at);
  cells_places(p, places);
  const int64_t cells = g.in_plane();
  const int64_t plane = g.out_plane();
  const int64_t outputs = g.group_outputs();
  const int64_t tap_floats = g.group_channels() * kCellsPanel;
  // Images share the panel's filter.
  (*args.parallel)(g.groups * p.panels * g.n, [&](int64_t chunk, int worker) {
    const int64_t n = chunk % g.n;
    const int64_t number = chunk / g.n;
    const int64_t group = number / p.panels;
    const int64_t first = group * outputs + number % p.panels * p.panel;
    const int64_t count = cells_min(p.panel, (group + 1) * outputs - first);
    float* sums = reinterpret_cast<float*>(args.scratch) + worker * p.worker_floats;
    start_sums(bias == nullptr ? nullptr : bias + first, count, plane, sums);
    const float* image = x + (n * g.c + group * g.group_channels()) * cells;
    const float* panel = filter + number * g.taps() * tap_floats;
    for (int64_t t = 0; t < g.taps(); ++t) {
      for (int64_t cell = 0; cell < cells; cell += p.rows) {
        find_cells_tile<kTile>(cells_min(p.rows, cells - cell))(
            p, image + cell, panel + t * tap_floats, places + t * cells + cell, sums);
      }
    }
    finish_vectors(p.epilogue, 2 * plane, sums);
    float* to = y + (n * g.o + first) * plane;
    for (int64_t o = 0; o < count; ++o, to += plane) {
      for (int64_t i = 0; i < plane; ++i) to[i] = sums[i * kCellsPanel + o];
    }
  });
}

}  // namespace poacl::POACL_SIMD
