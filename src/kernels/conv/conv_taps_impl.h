// The products of conv_taps.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/conv/conv_finish.h"
#include "kernels/conv/conv_taps.h"

namespace poacl::POACL_SIMD {

// c[R][2 vectors] += a[R][depth] * b[depth][2 vectors].
template <int R>
void taps_tile(int64_t depth, const float* a, int64_t a_step, const float* b, float* c,
               int64_t c_step) {
  Vec acc[R][2];
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    acc[r][0] = vload(c + r * c_step);
    acc[r][1] = vload(c + r * c_step + kLanes);
  }
  for (int64_t k = 0; k < depth; ++k, b += 2 * kLanes) {
    const Vec b0 = vload(b);
    const Vec b1 = vload(b + kLanes);
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      const Vec v = vset1(a[r * a_step + k]);
      acc[r][0] = vfma(v, b0, acc[r][0]);
      acc[r][1] = vfma(v, b1, acc[r][1]);
    }
  }
  POACL_UNROLL
  for (int r = 0; r < R; ++r) {
    vstore(c + r * c_step, acc[r][0]);
    vstore(c + r * c_step + kLanes, acc[r][1]);
  }
}

using TapsTileFn = void (*)(int64_t, const float*, int64_t, const float*, float*, int64_t);

template <int R>
TapsTileFn find_taps_tile(int64_t rows) {
  if constexpr (R == 0) {
    return nullptr;
  } else {
    return rows == R ? taps_tile<R> : find_taps_tile<R - 1>(rows);
  }
}

POACL_INLINE int64_t taps_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

// Outputs [o_begin, o_end) of a group over one panel.
static void taps_panel(const ConvTapsParams& p, const ConvPanel& panel, const float* x,
                       const float* filter, int64_t row_length, int64_t rows, float* scratch) {
  const int64_t width = 2 * kLanes;
  const int64_t strips = (panel.count + width - 1) / width;
  const int64_t columns = strips * width;
  float* line = scratch;
  float* gathered = line + p.columns;
  float* sums = gathered + p.columns * p.depth;
  for (int64_t i = 0; i < rows * columns; ++i) sums[i] = 0.0f;
  for (int64_t begin = 0; begin < row_length; begin += p.depth) {
    const int64_t depth = taps_min(p.depth, row_length - begin);
    gather_columns(p, panel, x, begin, begin + depth, line, gathered);
    for (int64_t r = 0; r < rows; r += kTile) {
      const int64_t tile_rows = taps_min(kTile, rows - r);
      const TapsTileFn tile = find_taps_tile<kTile>(tile_rows);
      for (int64_t s = 0; s < strips; ++s) {
        tile(depth, filter + r * row_length + begin, row_length, gathered + s * depth * width,
             sums + r * columns + s * width, columns);
      }
    }
  }
}

// Number of the chunk's phase, and the chunk's number within it.
static void find_phase(const ConvTapsParams& p, int64_t* chunk, int64_t* filter_at,
                       ConvPanel* panel) {
  const ConvNdGeometry& g = p.g;
  int64_t at = 0;
  for (int64_t d = 0; d < phase_count(g, 0); ++d) {
    panel->phase[0] = phase_of(g, 0, d);
    for (int64_t h = 0; h < phase_count(g, 1); ++h) {
      panel->phase[1] = phase_of(g, 1, h);
      for (int64_t w = 0; w < phase_count(g, 2); ++w) {
        panel->phase[2] = phase_of(g, 2, w);
        const ConvPhase* f = panel->phase;
        const int64_t outputs = f[0].out_count * f[1].out_count * f[2].out_count;
        const int64_t panels = (outputs + p.columns - 1) / p.columns;
        if (*chunk < panels) {
          panel->first = *chunk * p.columns;
          panel->count = taps_min(p.columns, outputs - panel->first);
          *filter_at = at;
          return;
        }
        *chunk -= panels;
        at += f[0].tap_count * f[1].tap_count * f[2].tap_count * g.c * g.group_outputs();
      }
    }
  }
  panel->count = 0;
}

static int64_t panels_of_all_phases(const ConvTapsParams& p) {
  const ConvNdGeometry& g = p.g;
  int64_t panels = 0;
  for (int64_t d = 0; d < phase_count(g, 0); ++d) {
    for (int64_t h = 0; h < phase_count(g, 1); ++h) {
      for (int64_t w = 0; w < phase_count(g, 2); ++w) {
        const int64_t outputs =
            phase_of(g, 0, d).out_count * phase_of(g, 1, h).out_count * phase_of(g, 2, w).out_count;
        panels += (outputs + p.columns - 1) / p.columns;
      }
    }
  }
  return panels;
}

// Adds bias and residual to output `o` of image `n` and applies the activation.
static void finish_taps_row(const ConvTapsParams& p, const ConvPanel& panel, int64_t n, int64_t o,
                            const KernelArgs& args, int64_t vectors, float* row) {
  const ConvNdGeometry& g = p.g;
  if (g.has_bias) {
    const Vec bias = vset1(static_cast<const float*>(args.inputs[2])[o]);
    for (int64_t i = 0; i < vectors * kLanes; i += kLanes)
      vstore(row + i, vadd(vload(row + i), bias));
  }
  if (g.has_residual) {
    // Only forward convolutions have one: their outputs follow each other in y.
    const auto* residual = static_cast<const float*>(args.inputs[3]);
    add_to_row(residual + (n * g.o + o) * g.out_plane() + panel.first, panel.count, row);
  }
  finish_vectors(p.epilogue, vectors, row);
}

static void conv_taps_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ConvTapsParams*>(args.params);
  const ConvNdGeometry& g = p.g;
  auto* scratch = reinterpret_cast<float*>(args.scratch);
  const auto* x = static_cast<const float*>(args.inputs[0]);
  const auto* filter = static_cast<const float*>(args.inputs[1]);
  auto* y = static_cast<float*>(args.outputs[0]);
  if (p.filter_offset >= 0) {
    arrange_filter(g, filter, scratch + p.filter_offset);
    filter = scratch + p.filter_offset;
  }
  const int64_t panels = panels_of_all_phases(p);
  const int64_t row_chunks = (g.group_outputs() + p.row_chunk - 1) / p.row_chunk;
  (*args.parallel)(g.n * g.groups * panels * row_chunks, [&](int64_t chunk, int worker) {
    float* own = scratch + worker * p.worker_floats;
    const int64_t o_begin = chunk % row_chunks * p.row_chunk;
    int64_t number = chunk / row_chunks % panels;
    const int64_t group = chunk / row_chunks / panels % g.groups;
    const int64_t n = chunk / row_chunks / panels / g.groups;
    ConvPanel panel;
    int64_t filter_at = 0;
    find_phase(p, &number, &filter_at, &panel);
    const ConvPhase* f = panel.phase;
    const int64_t row_length =
        f[0].tap_count * f[1].tap_count * f[2].tap_count * g.group_channels();
    const int64_t rows = taps_min(p.row_chunk, g.group_outputs() - o_begin);
    const float* image = x + (n * g.c + group * g.group_channels()) * g.in_plane();
    taps_panel(p, panel, image,
               filter + filter_at + (group * g.group_outputs() + o_begin) * row_length, row_length,
               rows, own);
    const int64_t columns = (panel.count + 2 * kLanes - 1) / (2 * kLanes) * (2 * kLanes);
    float* sums = own + p.columns + p.columns * p.depth;
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t o = group * g.group_outputs() + o_begin + r;
      finish_taps_row(p, panel, n, o, args, columns / kLanes, sums + r * columns);
      scatter_row(p, panel, sums + r * columns, y + (n * g.o + o) * g.out_plane());
    }
  });
}

}  // namespace poacl::POACL_SIMD
