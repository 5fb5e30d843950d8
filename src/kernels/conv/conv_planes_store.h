// How the tiles of conv_planes.h get to their places, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/conv/conv_finish.h"
#include "kernels/conv/conv_planes.h"
#include "kernels/conv/conv_planes_tile.h"

namespace poacl::POACL_SIMD {

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

// The outputs' rows are phases of the real ones, see PlanesSpread.
static void spread_store(const PlanesRun& r, const float* tile, int64_t pitch, int64_t rows,
                         int64_t skip, int64_t begin, int64_t count, int64_t first_row) {
  const PlanesSpread& s = r.p.spread;
  const int64_t* q = r.p.g.out;
  planes_segments(r.p, r.phase, begin, count, [&](int64_t at, int64_t to, int64_t run) {
    const int64_t depth = to / q[2] / q[1] * s.stride[0] - s.crop[0];
    const int64_t height = to / q[2] % q[1] * s.stride[1] - s.crop[1];
    const int64_t width = to % q[2] * s.stride[2] - s.crop[2];
    const int64_t step = s.stride[2];
    int64_t o = first_row / s.phases;
    int64_t i = first_row % s.phases / (s.stride[1] * step);
    int64_t j = first_row / step % s.stride[1];
    int64_t k = first_row % step;
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t d = depth + i;
      const int64_t h = height + j;
      if (d >= 0 && d < s.out[0] && h >= 0 && h < s.out[1]) {
        // At either end an output or none is cropped.
        const int64_t w = width + k;
        const int64_t from = w < 0 ? 1 : 0;
        const int64_t end = w + (run - 1) * step >= s.out[2] ? run - 1 : run;
        copy_outputs(tile + row * pitch + skip + at + from, end - from, step,
                     r.y + ((o * s.out[0] + d) * s.out[1] + h) * s.out[2] + w + from * step);
      }
      if (++k < step) continue;
      k = 0;
      if (++j < s.stride[1]) continue;
      j = 0;
      if (++i < s.stride[0]) continue;
      i = 0;
      ++o;
    }
  });
}

// A finished tile of `rows` output channels, each `pitch` floats, of which the outputs
// [begin, begin + count) of the phase start at `skip`.
static void planes_store(const PlanesRun& r, float* tile, int64_t pitch, int64_t rows, int64_t skip,
                         int64_t begin, int64_t count, int64_t first_row) {
  const ConvPlanesParams& p = r.p;
  const int64_t plane = p.g.out_plane();
  if (r.residual != nullptr) {
    planes_segments(p, r.phase, begin, count, [&](int64_t at, int64_t to, int64_t run) {
      for (int64_t row = 0; row < rows; ++row) {
        add_to_row(r.residual + (first_row + row) * plane + to, run,
                   tile + row * pitch + skip + at);
      }
    });
    clamp_vectors(p.epilogue, rows * pitch / kLanes, tile);
  }
  activate_row(p.epilogue, rows * pitch / kLanes, tile);
  if (p.spread.phases != 0)
    return spread_store(r, tile, pitch, rows, skip, begin, count, first_row);
  const int64_t step = r.phase.dims[2].out_step;
  planes_segments(p, r.phase, begin, count, [&](int64_t at, int64_t to, int64_t run) {
    for (int64_t row = 0; row < rows; ++row) {
      copy_outputs(tile + row * pitch + skip + at, run, step, r.y + (first_row + row) * plane + to);
    }
  });
}

}  // namespace poacl::POACL_SIMD
