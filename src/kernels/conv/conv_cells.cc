#include "kernels/conv/conv_cells.h"

#include <algorithm>

#include <fmt/format.h>

#include "kernels/conv/conv_kernels.h"
#include "kernels/conv/conv_plan.h"
#include "kernels/simd/generic_tile.h"

namespace poacl {
namespace {

constexpr int64_t kMostCells = 256;
constexpr int64_t kLeastCells = 4;  // that keep the registers busy; images could share a tile
constexpr int64_t kMostTaps = 1 << 12;
constexpr int64_t kMostPhases = 1 << 12;
constexpr double kStorePerFloat = 2.0;  // time of one output's way out, in vector multiply-adds
constexpr double kWorthwhile = 0.9;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Vector multiply-adds of this kernel, and of planes, whose vectors hold the gaps at the ends of
// rows too.
struct Cost {
  double cells, planes;
};
Cost estimate(const ConvCellsParams& p, int64_t lanes) {
  const ConvNdGeometry& g = p.g;
  const auto outputs = static_cast<double>(g.out_plane());
  const auto padded = static_cast<double>(p.panels * p.panel);
  Cost cost{};
  cost.cells = static_cast<double>(g.taps() * g.in_plane() * g.group_channels()) * padded /
                   static_cast<double>(lanes) +
               kStorePerFloat * outputs * static_cast<double>(g.group_outputs());
  for (int64_t d = 0; d < phase_count(g, 0); ++d) {
    for (int64_t h = 0; h < phase_count(g, 1); ++h) {
      for (int64_t w = 0; w < phase_count(g, 2); ++w) {
        const ConvPhase f[3] = {phase_of(g, 0, d), phase_of(g, 1, h), phase_of(g, 2, w)};
        const int64_t taps = f[0].tap_count * f[1].tap_count * f[2].tap_count;
        const int64_t width = f[2].out_count + f[2].tap_count - 1;
        const int64_t height = f[1].out_count + f[1].tap_count - 1;
        const int64_t counted =
            ((f[0].out_count - 1) * height + f[1].out_count - 1) * width + f[2].out_count;
        cost.planes += static_cast<double>(ceil_div(std::max<int64_t>(counted, 0), lanes) * taps *
                                           g.group_channels() * g.group_outputs());
      }
    }
  }
  cost.planes += kStorePerFloat * outputs * static_cast<double>(g.group_outputs());
  return cost;
}

Status check_cells(const OpInstance& op, const ConvNdGeometry& g) {
  if (g.dtype != DataType::kFloat) {
    return declined(fmt::format("tensors of type {}, float wanted", data_type_name(g.dtype)));
  }
  if (op.constants.size() < 2 || op.constants[1] == nullptr) {
    return declined("the filter is not a constant");
  }
  if (g.n * g.in_plane() * g.out_plane() == 0) return declined("x or y is empty");
  if (g.in_plane() > kMostCells || g.taps() > kMostTaps) {
    return declined(fmt::format("images of {} cells, {} taps, at most {} and {} wanted",
                                g.in_plane(), g.taps(), kMostCells, kMostTaps));
  }
  if (g.n > 1 && g.in_plane() < kLeastCells) {
    return declined(fmt::format("{} images of {} cells, one image or at least {} wanted", g.n,
                                g.in_plane(), kLeastCells));
  }
  int64_t phases = 1;
  for (int d = 0; d < 3; ++d) {
    phases *= std::min(phase_count(g, d), kMostPhases + 1);
    if (phases > kMostPhases) {
      return declined(fmt::format("strides {}, {}, {}: more than {} phases", g.stride[0],
                                  g.stride[1], g.stride[2], kMostPhases));
    }
  }
  return {};
}

template <int64_t Lanes, int64_t Tile>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  ConvCellsParams p{};
  POACL_ASSIGN_OR_RETURN(p.g, conv_nd_geometry(op));
  const ConvNdGeometry& g = p.g;
  POACL_RETURN_IF_ERROR(check_cells(op, g));
  p.panel = 2 * Lanes;
  p.panels = ceil_div(g.group_outputs(), p.panel);
  p.rows = ceil_div(g.in_plane(), ceil_div(g.in_plane(), Tile));
  const Cost cost = estimate(p, Lanes);
  if (cost.cells > kWorthwhile * cost.planes) {
    return declined(
        fmt::format("estimated cost {:.4g} against {:.4g} in planes", cost.cells, cost.planes));
  }
  p.worker_floats = g.out_plane() * p.panel;
  const int64_t filter_floats = g.groups * p.panels * p.panel * g.taps() * g.group_channels();
  if (context.workers * p.worker_floats > kMostScratchFloats ||
      filter_floats > kMostScratchFloats) {
    return declined(fmt::format("{} floats of sums, {} of the filter, at most {} wanted",
                                context.workers * p.worker_floats, filter_floats,
                                kMostScratchFloats));
  }
  p.places_at = context.workers * p.worker_floats * static_cast<int64_t>(sizeof(float));
  p.epilogue = split_activation(g.activation);
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(p.places_at) +
                        static_cast<size_t>(g.taps() * g.in_plane()) * sizeof(int64_t);
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->output_layouts = {Layout::kPlain};
  plan->packed.push_back({1, static_cast<size_t>(filter_floats) * sizeof(float)});
  return {};
}

void pack(const OpInstance& op, const KernelPlan& plan, int, void* dst) {
  pack_cells_filter(plan.get_params<ConvCellsParams>(), op.constants[1]->as<float>().data(),
                    static_cast<float*>(dst));
}

}  // namespace

void cells_places(const ConvCellsParams& p, int64_t* places) {
  const ConvNdGeometry& g = p.g;
  int64_t tap[3];
  int64_t cell[3];
  // Output of a cell in one dimension.
  const auto place = [&](int d) {
    return cell[d] * g.stride[d] + tap[d] * g.dilation[d] - g.pad[d];
  };
  const auto inside = [&](int d, int64_t at) { return at >= 0 && at < g.out[d]; };
  for (tap[0] = 0; tap[0] < g.kernel[0]; ++tap[0]) {
    for (tap[1] = 0; tap[1] < g.kernel[1]; ++tap[1]) {
      for (tap[2] = 0; tap[2] < g.kernel[2]; ++tap[2]) {
        for (cell[0] = 0; cell[0] < g.in[0]; ++cell[0]) {
          for (cell[1] = 0; cell[1] < g.in[1]; ++cell[1]) {
            const int64_t d = place(0);
            const int64_t h = place(1);
            const bool row = inside(0, d) && inside(1, h);
            for (cell[2] = 0; cell[2] < g.in[2]; ++cell[2]) {
              const int64_t w = place(2);
              *places++ = row && inside(2, w) ? (d * g.out[1] + h) * g.out[2] + w : -1;
            }
          }
        }
      }
    }
  }
}

void pack_cells_filter(const ConvCellsParams& p, const float* filter, float* dst) {
  const ConvNdGeometry& g = p.g;
  const int64_t outputs = g.group_outputs();
  const int64_t taps = g.taps();
  for (int64_t group = 0; group < g.groups; ++group) {
    const float* first = filter + group * g.group_channels() * outputs * taps;
    for (int64_t begin = 0; begin < outputs; begin += p.panel) {
      const int64_t end = std::min(begin + p.panel, outputs);
      for (int64_t t = 0; t < taps; ++t) {
        for (int64_t c = 0; c < g.group_channels(); ++c, dst += p.panel) {
          for (int64_t o = begin; o < end; ++o)
            dst[o - begin] = first[(c * outputs + o) * taps + t];
        }
      }
    }
  }
}

#define POACL_CONV_CELLS(Stem, op, stem)                                                           \
  const KernelImpl k##Stem##CellsAvx512 = {op,   stem ".cells.avx512", Isa::kAvx512, plan<16, 14>, \
                                           pack, conv_cells_run_avx512};                           \
  const KernelImpl k##Stem##CellsAvx2 = {op,   stem ".cells.avx2", Isa::kAvx2, plan<8, 6>,         \
                                         pack, conv_cells_run_avx2};                               \
  const KernelImpl k##Stem##CellsGeneric = {                                                       \
      op,   stem ".cells.generic", Isa::kGeneric, plan<8, kGenericTile>,                           \
      pack, conv_cells_run_generic};

POACL_CONV_CELLS(Conv2dTranspose, "Conv2DTransposeD", "conv2d_transpose")
POACL_CONV_CELLS(Conv3dTranspose, "Conv3DTransposeD", "conv3d_transpose")

#undef POACL_CONV_CELLS

}  // namespace poacl
