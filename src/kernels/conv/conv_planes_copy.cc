// Planes and offsets of conv_planes.h.
#include <algorithm>
#include <cstring>

#include "kernels/conv/conv_planes.h"

namespace poacl {
namespace {

// First number at or above a / b, b > 0.
int64_t ceil_div(int64_t a, int64_t b) {
  return a > 0 ? (a + b - 1) / b : -(-a / b);
}

// Position of tap `t` of a phase for output 0, in cells of the input.
int64_t tap_position(const ConvPhase& f, int64_t t) {
  return f.in_first + t * f.in_tap;
}

// Which cells of a plane's line come from where: cell i is at + i * step of the input, which has
// [begin, end) of them.
struct Line {
  int64_t at, begin, end;
};

// Of a part of an axis: the first cell is the first tap's for output 0.
Line line_of(const ConvPlanesParams& p, int dim, int64_t part) {
  const PlaneAxis& axis = p.axis[dim];
  const int64_t at = p.g.transposed ? axis.first : tap_position(phase_of(p.g, dim, 0), part);
  const int64_t begin = std::clamp<int64_t>(ceil_div(-at, axis.step), 0, axis.size);
  const int64_t end = std::clamp<int64_t>(ceil_div(p.g.in[dim] - at, axis.step), begin, axis.size);
  return {at, begin, end};
}

// Lines are often of a few cells, for which a vectorised loop takes longer to begin than to run.
#if defined(__clang__)
#define POACL_PLAIN_LOOP _Pragma("clang loop vectorize(disable) interleave(disable)")
#else
#define POACL_PLAIN_LOOP
#endif

void copy_cells(const float* src, int64_t step, int64_t count, float* dst) {
  POACL_PLAIN_LOOP
  for (const float* end = dst + count; dst != end; src += step) *dst++ = *src;
}

// Most pads are of a few cells.
void zero_cells(int64_t count, float* dst) {
  if (count > 16) {
    std::memset(dst, 0, static_cast<size_t>(count) * sizeof(float));
    return;
  }
  POACL_PLAIN_LOOP
  for (const float* end = dst + count; dst != end;) *dst++ = 0.0f;
}

void copy_line(const PlaneAxis& axis, const Line& line, const float* row, float* dst) {
  const int64_t count = line.end - line.begin;
  zero_cells(line.begin, dst);
  const float* src = row + line.at + line.begin * axis.step;
  if (axis.step == 1) {
    std::memcpy(dst + line.begin, src, static_cast<size_t>(count) * sizeof(float));
  } else if (axis.step == 2 && count >= 16) {
    for (int64_t i = 0; i < count; ++i) dst[line.begin + i] = src[i * 2];
  } else {
    copy_cells(src, axis.step, count, dst + line.begin);
  }
  zero_cells(axis.size - line.end, dst + line.end);
}

// Cell of a plane that tap `t` takes for output 0.
int64_t tap_cell(const ConvPlanesParams& p, int dim, const ConvPhase& f, int64_t t) {
  const PlaneAxis& axis = p.axis[dim];
  if (p.g.transposed) return tap_position(f, t) - axis.first;
  return (tap_position(f, t) - tap_position(f, t % axis.parts)) / axis.step;
}

// Taps of the phases before phase `number` of dimension `dim`.
int64_t taps_before(const ConvNdGeometry& g, int dim, int64_t number) {
  int64_t taps = 0;
  for (int64_t i = 0; i < number; ++i) taps += phase_of(g, dim, i).tap_count;
  return taps;
}

}  // namespace

PlanesPhase planes_phase(const ConvPlanesParams& p, int64_t number) {
  const ConvNdGeometry& g = p.g;
  const int64_t at[3] = {number / p.axis[2].phases / p.axis[1].phases,
                         number / p.axis[2].phases % p.axis[1].phases, number % p.axis[2].phases};
  PlanesPhase f{};
  for (int d = 0; d < 3; ++d) f.dims[d] = phase_of(g, d, at[d]);
  const int64_t taps[3] = {f.dims[0].tap_count, f.dims[1].tap_count, f.dims[2].tap_count};
  f.taps = taps[0] * taps[1] * taps[2];
  f.offset_number = taps_before(g, 0, at[0]) * g.kernel[1] * g.kernel[2] +
                    taps[0] * taps_before(g, 1, at[1]) * g.kernel[2] +
                    taps[0] * taps[1] * taps_before(g, 2, at[2]);
  f.filter_number = f.offset_number * g.c * g.group_outputs();
  const int64_t outputs[3] = {f.dims[0].out_count, f.dims[1].out_count, f.dims[2].out_count};
  if (outputs[0] * outputs[1] * outputs[2] > 0) {
    f.outputs = ((outputs[0] - 1) * p.axis[1].size + outputs[1] - 1) * p.axis[2].size + outputs[2];
  }
  return f;
}

void planes_offsets(const ConvPlanesParams& p, int64_t* offsets) {
  const int64_t phases = p.axis[0].phases * p.axis[1].phases * p.axis[2].phases;
  const PlaneAxis* a = p.axis;
  for (int64_t number = 0; number < phases; ++number) {
    const PlanesPhase f = planes_phase(p, number);
    int64_t* to = offsets + f.offset_number;
    for (int64_t t = 0; t < f.taps; ++t) {
      const int64_t tap[3] = {t / f.dims[2].tap_count / f.dims[1].tap_count,
                              t / f.dims[2].tap_count % f.dims[1].tap_count,
                              t % f.dims[2].tap_count};
      int64_t part = 0;
      int64_t cell = 0;
      for (int d = 0; d < 3; ++d) {
        part = part * a[d].parts + tap[d] % a[d].parts;
        cell = cell * a[d].size + tap_cell(p, d, f.dims[d], tap[d]);
      }
      *to++ = part * p.plane + cell;
    }
  }
}

void pack_planes_filter(const ConvPlanesParams& p, const float* filter, float* dst) {
  const ConvNdGeometry& g = p.g;
  const int64_t outputs = g.group_outputs();
  const int64_t channels = g.group_channels();
  const int64_t phases = p.axis[0].phases * p.axis[1].phases * p.axis[2].phases;
  // In floats, between output channels and between input channels.
  const int64_t o_step = (g.transposed ? 1 : channels) * g.taps();
  const int64_t c_step = (g.transposed ? outputs : 1) * g.taps();
  for (int64_t number = 0; number < phases; ++number) {
    const PlanesPhase f = planes_phase(p, number);
    const ConvPhase* d = f.dims;
    for (int64_t row = 0; row < g.groups * outputs;) {
      const int64_t rows = std::min(p.rows, outputs - row % outputs);
      const float* group =
          g.transposed ? filter + (row / outputs * channels * outputs + row % outputs) * g.taps()
                       : filter + row * o_step;
      for (int64_t c = 0; c < channels; ++c) {
        for (int64_t t = 0; t < f.taps; ++t, dst += rows) {
          const int64_t i = d[0].tap_first + t / d[2].tap_count / d[1].tap_count * d[0].tap_step;
          const int64_t j = d[1].tap_first + t / d[2].tap_count % d[1].tap_count * d[1].tap_step;
          const int64_t k = d[2].tap_first + t % d[2].tap_count * d[2].tap_step;
          const float* src = group + c * c_step + (i * g.kernel[1] + j) * g.kernel[2] + k;
          for (int64_t r = 0; r < rows; ++r) dst[r] = src[r * o_step];
        }
      }
      row += rows;
    }
  }
}

void copy_planes(const ConvPlanesParams& p, const float* x, int64_t job, float* planes) {
  const ConvNdGeometry& g = p.g;
  const PlaneAxis* a = p.axis;
  planes += job * a[2].parts * p.plane;
  for (int64_t part = 0; part < a[2].parts; ++part) {
    const int64_t number[3] = {job / a[1].parts, job % a[1].parts, part};
    Line line[3];
    for (int d = 0; d < 3; ++d) line[d] = line_of(p, d, number[d]);
    for (int64_t i = 0; i < a[0].size; ++i) {
      const bool deep = i >= line[0].begin && i < line[0].end;
      const float* slice = x + (line[0].at + i * a[0].step) * g.in[1] * g.in[2];
      for (int64_t j = 0; j < a[1].size; ++j, planes += a[2].size) {
        if (deep && j >= line[1].begin && j < line[1].end) {
          copy_line(a[2], line[2], slice + (line[1].at + j * a[1].step) * g.in[2], planes);
        } else {
          std::memset(planes, 0, static_cast<size_t>(a[2].size) * sizeof(float));
        }
      }
    }
  }
}

}  // namespace poacl
