#include "kernels/conv/conv_taps.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "kernels/conv/conv_kernels.h"
#include "kernels/conv/conv_plan.h"
#include "kernels/simd/generic_tile.h"

namespace poacl {
namespace {

constexpr int64_t kPanelColumns = 256;
constexpr int64_t kPanelDepth = 256;
constexpr int64_t kMostRows = 1024;
constexpr int64_t kChunksPerWorker = 4;
constexpr int64_t kMostPhases = 4096;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Panels no wider than the outputs; outputs of a group in several chunks where panels are few.
void set_chunks(int64_t workers, int64_t tile, ConvTapsParams* p) {
  const ConvNdGeometry& g = p->g;
  const int64_t width = 2 * p->lanes;
  const int64_t phases = phase_count(g, 0) * phase_count(g, 1) * phase_count(g, 2);
  const int64_t outputs = ceil_div(g.out_plane(), phases);
  p->columns = std::min(kPanelColumns / width, ceil_div(outputs, width)) * width;
  p->depth = std::min(kPanelDepth, g.group_channels() * g.taps());
  p->row_chunk = std::min(g.group_outputs(), kMostRows);
  if (workers == 1) return;
  const int64_t target = workers * kChunksPerWorker;
  const auto chunks = [&] {
    return g.n * g.groups * phases * ceil_div(outputs, p->columns) *
           ceil_div(g.group_outputs(), p->row_chunk);
  };
  while (chunks() < target && p->columns > 4 * width) {
    p->columns = ceil_div(p->columns, 2 * width) * width;
  }
  while (chunks() < target && p->row_chunk > 4 * tile) {
    p->row_chunk = ceil_div(p->row_chunk, 2 * tile) * tile;
  }
}

Status plan_taps(const OpInstance& op, const PlanContext& context, int64_t lanes, int64_t tile,
                 KernelPlan* plan) {
  ConvTapsParams p{};
  POACL_ASSIGN_OR_RETURN(p.g, conv_nd_geometry(op));
  const ConvNdGeometry& g = p.g;
  if (g.dtype != DataType::kFloat) {
    return declined(fmt::format("tensors of type {}, float wanted", data_type_name(g.dtype)));
  }
  const int64_t phases = phase_count(g, 0) * phase_count(g, 1) * phase_count(g, 2);
  if (phases > kMostPhases || (g.transposed && g.stride[0] * g.stride[1] * g.stride[2] > 1 << 20)) {
    return declined(fmt::format("strides {}x{}x{} fall into too many phases", g.stride[0],
                                g.stride[1], g.stride[2]));
  }
  p.lanes = lanes;
  set_chunks(context.workers, tile, &p);
  p.worker_floats = p.columns + p.columns * p.depth + p.columns * p.row_chunk;
  p.worker_floats = ceil_div(p.worker_floats, 16) * 16;
  const int64_t filter_floats = g.c * g.group_outputs() * g.taps();
  p.filter_packed = g.transposed && op.constants[1] != nullptr;
  p.filter_offset = g.transposed && !p.filter_packed ? context.workers * p.worker_floats : -1;
  const int64_t scratch =
      context.workers * p.worker_floats + (p.filter_offset >= 0 ? filter_floats : 0);
  if (scratch > kMostScratchFloats) {
    return declined(
        fmt::format("{} floats of scratch, at most {} wanted", scratch, kMostScratchFloats));
  }
  p.epilogue = split_activation(g.activation);
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(scratch) * sizeof(float);
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->output_layouts = {Layout::kPlain};
  if (p.filter_packed) {
    plan->packed.push_back({1, static_cast<size_t>(filter_floats) * sizeof(float)});
  }
  return {};
}

template <int64_t Lanes, int64_t Tile>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_taps(op, context, Lanes, Tile, plan);
}

void pack(const OpInstance& op, const KernelPlan& plan, int, void* dst) {
  arrange_filter(plan.get_params<ConvTapsParams>().g, op.constants[1]->as<float>().data(),
                 static_cast<float*>(dst));
}

// Cells of x's row (null: outside) for `count` outputs whose first takes position `at`.
void gather_line(const float* row, int64_t width, int64_t at, int64_t step, int64_t count,
                 float* dst) {
  if (row == nullptr) {
    std::fill(dst, dst + count, 0.0f);
    return;
  }
  // Outputs [begin, end) take cells inside the row.
  const int64_t begin = at >= 0 ? 0 : std::min(count, ceil_div(-at, step));
  const int64_t end = at >= width ? begin : std::clamp(ceil_div(width - at, step), begin, count);
  std::fill(dst, dst + begin, 0.0f);
  if (step == 1) {
    std::memcpy(dst + begin, row + at + begin, static_cast<size_t>(end - begin) * sizeof(float));
  } else {
    for (int64_t q = begin; q < end; ++q) dst[q] = row[at + q * step];
  }
  std::fill(dst + end, dst + count, 0.0f);
}

// One row of a panel: channel plane `x` through tap (d, h, w).
void gather_row(const ConvNdGeometry& g, const ConvPanel& panel, const float* x,
                const int64_t tap[3], float* dst) {
  const ConvPhase* f = panel.phase;
  int64_t qw = panel.first % f[2].out_count;
  int64_t qh = panel.first / f[2].out_count % f[1].out_count;
  int64_t qd = panel.first / f[2].out_count / f[1].out_count;
  const int64_t shift_d = f[0].in_first + tap[0] * f[0].in_tap;
  const int64_t shift_h = f[1].in_first + tap[1] * f[1].in_tap;
  const int64_t shift_w = f[2].in_first + tap[2] * f[2].in_tap;
  for (int64_t left = panel.count; left > 0;) {
    const int64_t count = std::min(left, f[2].out_count - qw);
    const int64_t d = qd * f[0].in_step + shift_d;
    const int64_t h = qh * f[1].in_step + shift_h;
    const bool inside = d >= 0 && d < g.in[0] && h >= 0 && h < g.in[1];
    gather_line(inside ? x + (d * g.in[1] + h) * g.in[2] : nullptr, g.in[2],
                qw * f[2].in_step + shift_w, f[2].in_step, count, dst);
    dst += count;
    left -= count;
    qw = 0;
    if (++qh == f[1].out_count) {
      qh = 0;
      ++qd;
    }
  }
}

}  // namespace

void gather_columns(const ConvTapsParams& p, const ConvPanel& panel, const float* x, int64_t begin,
                    int64_t end, float* row, float* dst) {
  const ConvPhase* f = panel.phase;
  const int64_t taps = f[0].tap_count * f[1].tap_count * f[2].tap_count;
  const int64_t width = 2 * p.lanes;
  const int64_t strips = ceil_div(panel.count, width);
  std::fill(row + panel.count, row + strips * width, 0.0f);
  for (int64_t r = begin; r < end; ++r) {
    const int64_t t = r % taps;
    const int64_t tap[3] = {t / (f[1].tap_count * f[2].tap_count),
                            t / f[2].tap_count % f[1].tap_count, t % f[2].tap_count};
    gather_row(p.g, panel, x + r / taps * p.g.in_plane(), tap, row);
    for (int64_t s = 0; s < strips; ++s) {
      std::memcpy(dst + (s * (end - begin) + r - begin) * width, row + s * width,
                  static_cast<size_t>(width) * sizeof(float));
    }
  }
}

void scatter_row(const ConvTapsParams& p, const ConvPanel& panel, const float* row, float* y) {
  const ConvNdGeometry& g = p.g;
  const ConvPhase* f = panel.phase;
  for (int64_t i = 0; i < panel.count;) {
    const int64_t q = panel.first + i;
    const int64_t w = q % f[2].out_count;
    const int64_t h = f[1].out_first + q / f[2].out_count % f[1].out_count * f[1].out_step;
    const int64_t d = f[0].out_first + q / f[2].out_count / f[1].out_count * f[0].out_step;
    const int64_t count = std::min(panel.count - i, f[2].out_count - w);
    float* to = y + (d * g.out[1] + h) * g.out[2] + f[2].out_first + w * f[2].out_step;
    if (f[2].out_step == 1) {
      std::memcpy(to, row + i, static_cast<size_t>(count) * sizeof(float));
    } else {
      for (int64_t j = 0; j < count; ++j) to[j * f[2].out_step] = row[i + j];
    }
    i += count;
  }
}

void arrange_filter(const ConvNdGeometry& g, const float* filter, float* dst) {
  for (int64_t d = 0; d < phase_count(g, 0); ++d) {
    for (int64_t h = 0; h < phase_count(g, 1); ++h) {
      for (int64_t w = 0; w < phase_count(g, 2); ++w) {
        const ConvPhase f[3] = {phase_of(g, 0, d), phase_of(g, 1, h), phase_of(g, 2, w)};
        for (int64_t row = 0; row < g.o; ++row) {
          const int64_t first = row / g.group_outputs() * g.group_channels();
          for (int64_t c = first; c < first + g.group_channels(); ++c) {
            const float* taps =
                filter + (c * g.group_outputs() + row % g.group_outputs()) * g.taps();
            for (int64_t i = 0; i < f[0].tap_count; ++i) {
              for (int64_t j = 0; j < f[1].tap_count; ++j) {
                for (int64_t k = 0; k < f[2].tap_count; ++k) {
                  const int64_t kd = f[0].tap_first + i * f[0].tap_step;
                  const int64_t kh = f[1].tap_first + j * f[1].tap_step;
                  const int64_t kw = f[2].tap_first + k * f[2].tap_step;
                  *dst++ = taps[(kd * g.kernel[1] + kh) * g.kernel[2] + kw];
                }
              }
            }
          }
        }
      }
    }
  }
}

#define POACL_CONV_TAPS(Stem, op, stem)                                                     \
  const KernelImpl k##Stem##TapsAvx512 = {                                                  \
      op, stem ".columns.avx512", Isa::kAvx512, plan<16, 14>, pack, conv_taps_run_avx512};  \
  const KernelImpl k##Stem##TapsAvx2 = {op,   stem ".columns.avx2", Isa::kAvx2, plan<8, 6>, \
                                        pack, conv_taps_run_avx2};                          \
  const KernelImpl k##Stem##TapsGeneric = {                                                 \
      op,   stem ".columns.generic", Isa::kGeneric, plan<8, kGenericTile>,                  \
      pack, conv_taps_run_generic};

POACL_CONV_TAPS(Conv2d, "Conv2D", "conv2d")
POACL_CONV_TAPS(Conv3d, "Conv3D", "conv3d")
POACL_CONV_TAPS(Conv2dTranspose, "Conv2DTransposeD", "conv2d_transpose")
POACL_CONV_TAPS(Conv3dTranspose, "Conv3DTransposeD", "conv3d_transpose")

#undef POACL_CONV_TAPS

}  // namespace poacl
