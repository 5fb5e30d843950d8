// The code of conv_planes.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/conv/conv_planes.h"
#include "kernels/conv/conv_planes_store.h"
#include "kernels/conv/conv_planes_tile.h"
#include "kernels/conv/conv_taps.h"

namespace poacl::POACL_SIMD {

inline constexpr int64_t kLargeFilter = 160 * 1024;  // floats: most of a common L2 cache
inline constexpr int64_t kFewCells = 12 * 1024;      // floats: a common L1 cache

// Output channels [row, row + rows) at the outputs [at, end), or the first of them that fit a tile.
static void planes_tile_at(const PlanesRun& r, int64_t at, int64_t end, int64_t row, int64_t rows,
                           int64_t most, PlanesTileFn whole) {
  const ConvPlanesParams& p = r.p;
  const int64_t wanted = (end - at + kLanes - 1) / kLanes;
  const int64_t vectors = wanted >= most ? most : planes_min(most, planes_width_at_least(wanted));
  const int64_t width = vectors * kLanes;
  const PlanesTileFn tile =
      vectors == most && rows == p.rows ? whole : find_planes_tile<kTile>(rows, vectors);
  // The input itself ends with the last output's cells.
  const int64_t start = p.copied ? at : planes_min(at, r.phase.outputs - width);
  float sums[kPlaneFloats];
  PlanesTile t = r.tile;
  t.step = p.filter_packed ? rows : 1;
  tile(t, r.x + start, r.filter + row * t.channels * t.taps,
       r.bias == nullptr ? nullptr : r.bias + row, sums);
  planes_store(r, sums, width, rows, at - start, at, planes_min(width, end - at), row);
}

// Output channels [first_row, last_row) at the outputs [begin, end).
static void planes_panel(const PlanesRun& r, int64_t begin, int64_t end, int64_t first_row,
                         int64_t last_row) {
  const int64_t most = planes_width_at_most(r.p.vectors);
  const int64_t step = r.p.rows;
  const int64_t width = most * kLanes;
  const PlanesTileFn whole = find_planes_tile<kTile>(step, most);
  const auto rows_at = [&](int64_t row) { return planes_min(step, last_row - row); };
  // A large filter is read once. Beside few cells it is the outputs that count: better few places
  // at a time are written to.
  if ((last_row - first_row) * r.tile.channels * r.tile.taps > kLargeFilter ||
      r.tile.channels * (end - begin) <= kFewCells) {
    for (int64_t row = first_row; row < last_row; row += step) {
      for (int64_t at = begin; at < end; at += width) {
        planes_tile_at(r, at, end, row, rows_at(row), most, whole);
      }
    }
    return;
  }
  for (int64_t at = begin; at < end; at += width) {
    for (int64_t row = first_row; row < last_row; row += step) {
      planes_tile_at(r, at, end, row, rows_at(row), most, whole);
    }
  }
}

}  // namespace poacl::POACL_SIMD

#include "kernels/conv/conv_planes_point.h"

namespace poacl::POACL_SIMD {

static void conv_planes_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ConvPlanesParams*>(args.params);
  if (p.point) return conv_point_run(p, args);
  const ConvNdGeometry& g = p.g;
  const auto* x = static_cast<const float*>(args.inputs[0]);
  const auto* filter = static_cast<const float*>(args.inputs[1]);
  const auto* bias = g.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr;
  const auto* residual = g.has_residual ? static_cast<const float*>(args.inputs[3]) : nullptr;
  auto* y = static_cast<float*>(args.outputs[0]);
  auto* offsets = reinterpret_cast<int64_t*>(args.scratch + p.offsets_at);
  planes_offsets(p, offsets);
  if (p.filter_at >= 0) {
    auto* arranged = reinterpret_cast<float*>(args.scratch + p.filter_at);
    arrange_filter(g, filter, arranged);
    filter = arranged;
  }
  if (p.spread.phases != 0 && bias != nullptr) {
    auto* of_phases = reinterpret_cast<float*>(args.scratch + p.bias_at);
    for (int64_t o = 0; o < g.o; ++o) of_phases[o] = bias[o / p.spread.phases];
    bias = of_phases;
  }
  if (p.copied) {
    auto* planes = reinterpret_cast<float*>(args.scratch);
    const int64_t parts = p.axis[0].parts * p.axis[1].parts;
    (*args.parallel)(g.n * g.c * parts, [&](int64_t job, int) {
      const int64_t channel = job / parts;
      copy_planes(p, x + channel * g.in_plane(), job % parts, planes + channel * p.channel);
    });
    // A tile at the end reads past the last plane.
    for (int64_t i = 0; i < 8 * kLanes; ++i) planes[g.n * g.c * p.channel + i] = 0.0f;
    x = planes;
  }
  const int64_t channel_floats = p.copied ? p.channel : g.in_plane();
  const int64_t outputs = g.group_outputs();
  const int64_t row_chunks = (outputs + p.row_chunk - 1) / p.row_chunk;
  const int64_t phases = p.axis[0].phases * p.axis[1].phases * p.axis[2].phases;
  // Neighbouring chunks share their filters.
  (*args.parallel)(g.n * g.groups * phases * row_chunks * p.panels, [&](int64_t chunk, int) {
    const int64_t begin = chunk % p.panels * p.columns;
    chunk /= p.panels;
    const int64_t row = chunk % row_chunks * p.row_chunk;
    chunk /= row_chunks;
    const PlanesPhase f = planes_phase(p, chunk % phases);
    const int64_t group = chunk / phases % g.groups;
    const int64_t n = chunk / phases / g.groups;
    const int64_t end = planes_min(begin + p.columns, f.outputs);
    if (begin >= end) return;
    const int64_t row_length = f.taps * g.group_channels();
    const int64_t first = n * g.o + group * outputs;
    const int64_t first_place = p.spread.phases != 0
                                    ? first / p.spread.phases * p.spread.out_plane()
                                    : first * g.out_plane();
    const bool later = residual != nullptr;  // the clamp comes after the sum
    const PlanesRun r = {
        p,
        f,
        {g.group_channels(), f.taps, channel_floats, p.filter_packed ? 1 : row_length, 1,
         offsets + f.offset_number, later ? -__builtin_inff() : p.epilogue.low,
         later ? __builtin_inff() : p.epilogue.high},
        x + (n * g.c + group * g.group_channels()) * channel_floats,
        filter + f.filter_number + group * outputs * row_length,
        bias == nullptr ? nullptr : bias + group * outputs,
        residual == nullptr ? nullptr : residual + first_place,
        y + first_place};
    planes_panel(r, begin, end, row, planes_min(row + p.row_chunk, outputs));
  });
}

}  // namespace poacl::POACL_SIMD
