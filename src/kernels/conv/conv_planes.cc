#include "kernels/conv/conv_planes.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "kernels/conv/conv_kernels.h"
#include "kernels/conv/conv_plan.h"
#include "kernels/simd/generic_tile.h"

namespace poacl {
namespace {

constexpr int64_t kMostVectors = 8;
constexpr int64_t kMostTaps = 1 << 16;
constexpr int64_t kMostPhases = 4096;
constexpr int64_t kChunksPerWorker = 4;
constexpr int64_t kLeastColumns = 4;        // vectors
constexpr int64_t kSmallImage = 64 * 1024;  // floats

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}
bool is_constant(const OpInstance& op, size_t i) {
  return i < op.constants.size() && op.constants[i] != nullptr;
}

bool fills_tiles(const ConvNdGeometry& g, int64_t lanes) {
  return g.out_plane() >= kMostVectors * lanes;
}

// A product of matrices as they lie, where blocks would compute many outputs that are not there:
// small enough for a common L2 cache, large enough to fill vectors.
bool pays_in_place(const ConvNdGeometry& g, int64_t lanes) {
  if (g.taps() != 1 || g.in_plane() != g.out_plane() || g.stride[1] != 1 || g.stride[2] != 1 ||
      g.pad[1] != 0 || g.pad[2] != 0) {
    return false;
  }
  return fills_tiles(g, lanes) && g.c * g.in_plane() <= kSmallImage &&
         ceil_div(g.o, lanes) * lanes * 4 >= g.o * 5;
}

// Whether a forward convolution of two dimensions is better off here than on channel blocks, whose
// last one is mostly padding when channels are few.
Status check_pays(const OpInstance& op, const ConvNdGeometry& g, int64_t lanes) {
  if (op.type != "Conv2D" || !is_constant(op, 1) || (g.has_bias && !is_constant(op, 2))) return {};
  const bool plain = op.inputs[0].layout == Layout::kPlain;
  const int64_t outputs = g.group_outputs();
  if (g.groups == g.c && g.o == g.c && g.c > 1) {
    if (4 * g.c <= lanes) return {};
  } else if (g.groups > 1) {
    if (g.group_channels() % lanes != 0 || outputs % lanes != 0) return {};
  } else if (!plain) {
    if (outputs * 4 <= lanes && g.taps() > 4) return {};
  } else if (g.c <= 4) {
    if (outputs * 4 <= lanes) return {};
  } else if (outputs * 2 <= lanes || pays_in_place(g, lanes) ||
             (g.c <= lanes && outputs * 3 <= lanes * 2 && fills_tiles(g, lanes))) {
    return {};
  }
  return declined(
      fmt::format("{} channels to {} in {} groups fit blocks of {}", g.c, g.o, g.groups, lanes));
}

// Planes that hold every cell that a tap of any phase takes for any output. Tells whether the input
// is such a plane.
bool set_axis(const ConvNdGeometry& g, int dim, PlaneAxis* axis) {
  const int64_t period =
      g.transposed ? 1 : g.stride[dim] / std::gcd(g.stride[dim], g.dilation[dim]);
  axis->parts = std::min(period, g.kernel[dim]);
  axis->step = g.transposed ? 1 : g.stride[dim];
  axis->phases = phase_count(g, dim);
  if (!g.transposed) {
    axis->outputs = g.out[dim];
    axis->size =
        g.out[dim] + (g.kernel[dim] - 1) / axis->parts * axis->parts * g.dilation[dim] / axis->step;
    return axis->step == 1 && g.pad[dim] == 0 && axis->size == g.in[dim];
  }
  bool same = true;  // every phase has as many outputs
  bool found = false;
  int64_t first = 0;
  int64_t end = 0;
  for (int64_t i = 0; i < axis->phases; ++i) {
    const ConvPhase f = phase_of(g, dim, i);
    same = same && (i == 0 || f.out_count == axis->outputs);
    axis->outputs = std::max(axis->outputs, f.out_count);
    if (f.tap_count == 0 || f.out_count == 0) continue;
    for (const int64_t t : {int64_t{0}, f.tap_count - 1}) {
      const int64_t cell = f.in_first + t * f.in_tap;
      first = found ? std::min(first, cell) : cell;
      end = found ? std::max(end, cell + f.out_count) : cell + f.out_count;
      found = true;
    }
  }
  axis->first = first;
  axis->size = std::max<int64_t>({1, end - first, axis->outputs});
  return same && axis->first == 0 && axis->size == g.in[dim];
}

void set_chunks(int64_t workers, int64_t lanes, int64_t tile, int64_t outputs,
                ConvPlanesParams* p) {
  const int64_t channels = p->g.group_outputs();
  p->rows = ceil_div(channels, ceil_div(channels, tile));
  // Sums, cells and a weight fill the registers.
  p->vectors = std::min(kMostVectors, (2 * tile + 3) / (p->rows + 1));
  p->row_chunk = channels;
  p->columns = ceil_div(outputs, lanes) * lanes;
  if (workers > 1) {
    const int64_t width = p->vectors * lanes;
    const int64_t target = workers * kChunksPerWorker;
    const auto chunks = [&] {
      return p->g.n * p->g.groups * p->axis[0].phases * p->axis[1].phases * p->axis[2].phases *
             ceil_div(outputs, p->columns) * ceil_div(channels, p->row_chunk);
    };
    while (chunks() < target && p->columns > kLeastColumns * width) {
      p->columns = ceil_div(p->columns, 2 * width) * width;
    }
    while (chunks() < target && p->row_chunk > p->rows) {
      p->row_chunk = ceil_div(p->row_chunk, 2 * p->rows) * p->rows;
    }
    while (chunks() < workers && p->columns > lanes) {
      p->columns = ceil_div(p->columns, 2 * lanes) * lanes;
    }
  }
  p->panels = ceil_div(outputs, p->columns);
}

// Images of one cell that a transposed filter spreads without overlap or cropping, on whole
// vectors.
bool set_point(int64_t lanes, int64_t tile, ConvPlanesParams* p) {
  const ConvNdGeometry& g = p->g;
  const int64_t columns = g.o * g.taps();
  if (!g.transposed || g.groups != 1 || g.in_plane() != 1 || g.out_plane() != g.taps() ||
      columns % lanes != 0) {
    return false;
  }
  for (int d = 0; d < 3; ++d) {
    if (g.pad[d] != 0 || g.out[d] != g.kernel[d] || (g.dilation[d] != 1 && g.kernel[d] != 1)) {
      return false;
    }
  }
  p->point = true;
  p->rows = ceil_div(g.n, ceil_div(g.n, tile));
  const int64_t most = std::min(kMostVectors, (2 * tile + 3) / (p->rows + 1));
  for (const int64_t width : {8, 6, 4, 3, 2, 1}) {
    if (width <= most && columns % (width * lanes) == 0) {
      p->vectors = width;
      return true;
    }
  }
  return false;
}

Status plan_planes(const OpInstance& op, const PlanContext& context, int64_t lanes, int64_t tile,
                   bool spread, KernelPlan* plan) {
  ConvPlanesParams p{};
  POACL_ASSIGN_OR_RETURN(p.g, conv_nd_geometry(op));
  const ConvNdGeometry& g = p.g;
  if (g.dtype != DataType::kFloat) {
    return declined(fmt::format("tensors of type {}, float wanted", data_type_name(g.dtype)));
  }
  POACL_RETURN_IF_ERROR(check_pays(op, g, lanes));
  if (spread) {
    if (!is_constant(op, 1)) return declined("the filter is not a constant");
    POACL_RETURN_IF_ERROR(spread_phases(&p.g, &p.spread));
  }
  int64_t phases = 1;
  int64_t cells = 1;
  int64_t parts = 1;
  for (int d = 0; d < 3; ++d) {
    if (g.kernel[d] > kMostTaps || (g.transposed && g.stride[d] > kMostPhases)) {
      return declined(fmt::format("kernel {}, stride {} of dimension {}: at most {} and {} wanted",
                                  g.kernel[d], g.stride[d], d, kMostTaps, kMostPhases));
    }
    p.copied = !set_axis(g, d, &p.axis[d]) || p.copied;
    phases *= p.axis[d].phases;
    parts *= p.axis[d].parts;
    if (__builtin_mul_overflow(cells, p.axis[d].size, &cells) || phases > kMostPhases ||
        cells > kMostScratchFloats || parts > kMostTaps) {
      return declined(fmt::format("planes of {}x{}x{} cells in {} phases", p.axis[0].size,
                                  p.axis[1].size, p.axis[2].size, phases));
    }
  }
  if (g.taps() > kMostTaps) {
    return declined(fmt::format("{} taps, at most {} wanted", g.taps(), kMostTaps));
  }
  p.plane = cells;
  // Not whole pages apart: the channels of a tile would share cache sets.
  p.channel = ceil_div(parts * cells, 16) * 16;
  if (p.channel % 256 == 0) p.channel += 16;
  const PlaneAxis* a = p.axis;
  const int64_t outputs =
      ((a[0].outputs - 1) * a[1].size + a[1].outputs - 1) * a[2].size + a[2].outputs;
  p.copied = p.copied || outputs < kMostVectors * lanes;
  set_chunks(context.workers, lanes, tile, outputs, &p);

  const int64_t image_floats = p.copied ? g.n * g.c * p.channel + kMostVectors * lanes : 0;
  const int64_t filter_floats = g.c * g.group_outputs() * g.taps();
  if (image_floats > kMostScratchFloats || filter_floats > kMostScratchFloats) {
    return declined(fmt::format("{} floats of padded planes, {} of the filter, at most {} wanted",
                                image_floats, filter_floats, kMostScratchFloats));
  }
  const auto align = [](int64_t bytes) { return ceil_div(bytes, 64) * 64; };
  p.offsets_at = align(image_floats * 4);
  int64_t scratch = align(p.offsets_at + g.taps() * 8);
  const bool point = set_point(lanes, tile, &p);
  p.filter_packed = is_constant(op, 1) && !point;
  p.filter_at = -1;
  if (g.transposed && !p.filter_packed && !point) {
    p.filter_at = scratch;
    scratch += align(filter_floats * 4);
  }
  if (spread && g.has_bias) {
    p.bias_at = scratch;
    scratch += align(g.o * 4);
  }
  p.epilogue = split_activation(g.activation);
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(scratch);
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->output_layouts = {Layout::kPlain};
  if (p.filter_packed) {
    plan->packed.push_back({1, static_cast<size_t>(filter_floats) * sizeof(float)});
  }
  return {};
}

template <int64_t Lanes, int64_t Tile>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_planes(op, context, Lanes, Tile, false, plan);
}

template <int64_t Lanes, int64_t Tile>
Status plan_spread(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_planes(op, context, Lanes, Tile, true, plan);
}

void pack(const OpInstance& op, const KernelPlan& plan, int, void* dst) {
  pack_planes_filter(plan.get_params<ConvPlanesParams>(), op.constants[1]->as<float>().data(),
                     static_cast<float*>(dst));
}

void pack_spread(const OpInstance& op, const KernelPlan& plan, int, void* dst) {
  const auto& p = plan.get_params<ConvPlanesParams>();
  std::vector<float> filter(plan.packed[0].bytes / sizeof(float));
  spread_filter(p, op.constants[1]->as<float>().data(), filter.data());
  pack_planes_filter(p, filter.data(), static_cast<float*>(dst));
}

}  // namespace

#define POACL_CONV_PLANES(Stem, op, stem)                                                    \
  const KernelImpl k##Stem##PlanesAvx512 = {                                                 \
      op, stem ".planes.avx512", Isa::kAvx512, plan<16, 14>, pack, conv_planes_run_avx512};  \
  const KernelImpl k##Stem##PlanesAvx2 = {op,   stem ".planes.avx2", Isa::kAvx2, plan<8, 6>, \
                                          pack, conv_planes_run_avx2};                       \
  const KernelImpl k##Stem##PlanesGeneric = {                                                \
      op,   stem ".planes.generic", Isa::kGeneric, plan<8, kGenericTile>,                    \
      pack, conv_planes_run_generic};

POACL_CONV_PLANES(Conv2d, "Conv2D", "conv2d")
POACL_CONV_PLANES(Conv3d, "Conv3D", "conv3d")
POACL_CONV_PLANES(Conv2dTranspose, "Conv2DTransposeD", "conv2d_transpose")
POACL_CONV_PLANES(Conv3dTranspose, "Conv3DTransposeD", "conv3d_transpose")

#undef POACL_CONV_PLANES

#define POACL_CONV_SPREAD(Stem, op, stem)                                                         \
  const KernelImpl k##Stem##SpreadAvx512 = {op,           stem ".spread.avx512",                  \
                                            Isa::kAvx512, plan_spread<16, 14>,                    \
                                            pack_spread,  conv_planes_run_avx512};                \
  const KernelImpl k##Stem##SpreadAvx2 = {                                                        \
      op, stem ".spread.avx2", Isa::kAvx2, plan_spread<8, 6>, pack_spread, conv_planes_run_avx2}; \
  const KernelImpl k##Stem##SpreadGeneric = {                                                     \
      op,          stem ".spread.generic", Isa::kGeneric, plan_spread<8, kGenericTile>,           \
      pack_spread, conv_planes_run_generic};

POACL_CONV_SPREAD(Conv2dTranspose, "Conv2DTransposeD", "conv2d_transpose")
POACL_CONV_SPREAD(Conv3dTranspose, "Conv3DTransposeD", "conv3d_transpose")

#undef POACL_CONV_SPREAD

}  // namespace poacl
