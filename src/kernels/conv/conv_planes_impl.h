// The code of conv_planes.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/conv/conv_planes.h"
#include "kernels/conv/conv_taps.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

inline constexpr int kPlaneFloats = (2 * kTile + 3) * kLanes;  // more than a register tile
inline constexpr int64_t kLargeFilter = 160 * 1024;            // floats: most of a common L2 cache

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

// Calls segment(position in the tile, position in y's plane, outputs) for every run of neighbours
// among the outputs [begin, begin + count) of a phase that is not in a gap.
template <typename F>
POACL_INLINE void planes_segments(const ConvPlanesParams& p, const PlanesPhase& f, int64_t begin,
                                  int64_t count, const F& segment) {
  const ConvPhase* d = f.dims;
  const int64_t width = p.axis[2].size;
  const int64_t height = p.axis[1].size;
  int64_t column = begin % width;
  int64_t row = begin / width % height;
  int64_t depth = begin / width / height;
  for (int64_t at = 0; at < count;) {
    const int64_t run = planes_min(width - column, count - at);
    if (row < d[1].out_count && column < d[2].out_count) {
      const int64_t line = (d[0].out_first + depth * d[0].out_step) * p.g.out[1] + d[1].out_first +
                           row * d[1].out_step;
      segment(at, line * p.g.out[2] + d[2].out_first + column * d[2].out_step,
              planes_min(run, d[2].out_count - column));
    }
    at += run;
    column = 0;
    if (++row == height) {
      row = 0;
      ++depth;
    }
  }
}

// At least N and at most 2 * N floats: the first N and the last N.
template <int N>
POACL_INLINE void copy_ends(const float* src, int64_t count, float* dst) {
  float first[N];
  float last[N];
  __builtin_memcpy(first, src, sizeof(first));
  __builtin_memcpy(last, src + count - N, sizeof(last));
  __builtin_memcpy(dst, first, sizeof(first));
  __builtin_memcpy(dst + count - N, last, sizeof(last));
}

POACL_INLINE void copy_outputs(const float* src, int64_t count, int64_t step, float* dst) {
  if (step != 1) {
    for (int64_t i = 0; i < count; ++i) dst[i * step] = src[i];
    return;
  }
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) vstore(dst + i, vload(src + i));
  if (i == count) return;
  if (i > 0) {
    vstore(dst + count - kLanes, vload(src + count - kLanes));
  } else if (count >= 8) {
    copy_ends<8>(src, count, dst);
  } else if (count >= 4) {
    copy_ends<4>(src, count, dst);
  } else {
    for (; i < count; ++i) dst[i] = src[i];
  }
}

// One phase, image and group, with the tensors' pointers at it.
struct PlanesRun {
  const ConvPlanesParams& p;
  PlanesPhase phase;
  PlanesTile tile;
  const float* x;
  const float* filter;
  const float* bias;
  const float* residual;
  float* y;
};

// A finished tile of `rows` output channels, each `pitch` floats, of which the outputs
// [begin, begin + count) of the phase start at `skip`.
static void planes_store(const PlanesRun& r, float* tile, int64_t pitch, int64_t rows, int64_t skip,
                         int64_t begin, int64_t count, int64_t first_row) {
  const ConvPlanesParams& p = r.p;
  const int64_t plane = p.g.out_plane();
  if (r.residual != nullptr) {
    planes_segments(p, r.phase, begin, count, [&](int64_t at, int64_t to, int64_t run) {
      for (int64_t row = 0; row < rows; ++row) {
        const float* from = r.residual + (first_row + row) * plane + to;
        float* sum = tile + row * pitch + skip + at;
        for (int64_t i = 0; i < run; ++i) sum[i] += from[i];
      }
    });
    const Vec low = vset1(p.low);
    const Vec high = vset1(p.high);
    for (int64_t i = 0; i < rows * pitch; i += kLanes) {
      vstore(tile + i, vat_most(vat_least(vload(tile + i), low), high));
    }
  }
  if (p.activation.kind != ActivationKind::kNone) {
    activate_vectors(tile, rows * pitch / kLanes, p.activation.kind, p.activation.alpha,
                     p.activation.beta);
  }
  const int64_t step = r.phase.dims[2].out_step;
  planes_segments(p, r.phase, begin, count, [&](int64_t at, int64_t to, int64_t run) {
    for (int64_t row = 0; row < rows; ++row) {
      copy_outputs(tile + row * pitch + skip + at, run, step, r.y + (first_row + row) * plane + to);
    }
  });
}

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
  // A large filter is read once.
  if ((last_row - first_row) * r.tile.channels * r.tile.taps > kLargeFilter) {
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
    const bool later = residual != nullptr;  // the clamp comes after the sum
    const PlanesRun r = {p,
                         f,
                         {g.group_channels(), f.taps, channel_floats,
                          p.filter_packed ? 1 : row_length, 1, offsets + f.offset_number,
                          later ? -__builtin_inff() : p.low, later ? __builtin_inff() : p.high},
                         x + (n * g.c + group * g.group_channels()) * channel_floats,
                         filter + f.filter_number + group * outputs * row_length,
                         bias == nullptr ? nullptr : bias + group * outputs,
                         residual == nullptr ? nullptr : residual + first * g.out_plane(),
                         y + first * g.out_plane()};
    planes_panel(r, begin, end, row, planes_min(row + p.row_chunk, outputs));
  });
}

}  // namespace poacl::POACL_SIMD
