#include "kernels/conv/conv_winograd.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "kernels/conv/conv_kernels.h"
#include "kernels/conv/conv_plan.h"
#include "kernels/simd/generic_tile.h"

namespace poacl {
namespace {

// V and M of a block of tiles should stay in L2 beside the filters of one matrix.
constexpr int64_t kBlockFloats = 144 * 1024;
constexpr int64_t kLeastBlock = 14;
constexpr int64_t kMostBlock = 56;
constexpr int64_t kLeastShare = 12;  // tiles of a worker that are worth reading all filters for

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Estimated time in units of one multiply-add of a vector of `lanes`, from measurements:
// transforms of one tile and channel block, filters read from memory while computing.
struct Cost {
  double direct, winograd;
};
Cost estimate(const ConvGeometry& g, int64_t m, int64_t lanes, int64_t workers) {
  const double points = static_cast<double>((m + 2) * (m + 2));
  const auto blocks = static_cast<double>(ceil_div(g.o, lanes));
  const auto in_blocks = static_cast<double>(ceil_div(g.c, lanes));
  const auto channels = static_cast<double>(g.c);
  const auto tiles = static_cast<double>(g.n * ceil_div(g.oh, m) * ceil_div(g.ow, m));
  const auto pixels = static_cast<double>(g.n * g.oh * g.ow);
  const auto sharers = static_cast<double>(workers);
  const double transform = m == 4 ? 260.0 : 100.0;
  const double memory = 14.0;  // per vector of filters; the memory is shared by all workers
  const double filters = channels * blocks;
  return {pixels * 9 * filters / sharers + 9 * filters * memory * 0.25,
          (1.12 * tiles * points * filters + tiles * (in_blocks + blocks) * transform) / sharers +
              points * filters * memory};
}

void set_blocks(const ConvMachine& machine, int64_t workers, ConvWinogradParams* p) {
  const int64_t points = (p->m + 2) * (p->m + 2);
  const int64_t tiles = p->batch * p->tile_rows * p->tile_cols;
  const int64_t of_tile = points * (p->in_blocks + p->out_blocks) * machine.lanes;
  const int64_t most = std::clamp(kBlockFloats / of_tile, kLeastBlock, kMostBlock);
  // Whole register tiles in a block, blocks of about the same size.
  const int64_t wanted = std::max(machine.tile, most / machine.tile * machine.tile);
  p->tile_block = std::min(tiles, wanted);
  if (tiles < 2 * wanted) p->tile_block = tiles <= wanted ? tiles : ceil_div(tiles, 2);
  // The same number of blocks for every worker.
  if (workers > 1 && tiles >= kLeastShare * workers) {
    const int64_t blocks = ceil_div(ceil_div(tiles, p->tile_block), workers) * workers;
    p->tile_block = ceil_div(tiles, blocks);
  }
  p->shared = workers > 1 && ceil_div(tiles, p->tile_block) < workers;
  if (p->shared) p->tile_block = std::min(tiles, std::max<int64_t>(p->tile_block, kMostBlock));
  p->col_tile = ceil_div(p->tile_block, ceil_div(p->tile_block, machine.tile));
  p->pair_chunk = std::max<int64_t>(1, ceil_div(ceil_div(p->out_blocks, 2), 4));
  // Odd numbers of vectors apart, or the matrices would share cache sets.
  p->v_step = (p->in_blocks * p->tile_block | 1) * machine.lanes;
  p->m_step = (p->out_blocks * p->tile_block | 1) * machine.lanes;
  p->scratch_floats = points * (p->v_step + p->m_step);
}

// G g G^T of one 3x3 filter: (m+2)^2 numbers.
void transform_filter(const float* g, int64_t m, double* u) {
  const double a = std::sqrt(0.5);
  const double b = std::sqrt(2.0);
  const double g4[6][3] = {{1, 0, 0},
                           {-2.0 / 3, -2.0 / 3 * a, -1.0 / 3},
                           {-2.0 / 3, 2.0 / 3 * a, -1.0 / 3},
                           {1.0 / 6, b / 6, 1.0 / 3},
                           {1.0 / 6, -b / 6, 1.0 / 3},
                           {0, 0, 1}};
  const double g2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  const double(*matrix)[3] = m == 4 ? g4 : g2;
  const int64_t points = m + 2;
  for (int64_t i = 0; i < points; ++i) {
    for (int64_t j = 0; j < points; ++j) {
      double sum = 0;
      for (int y = 0; y < 3; ++y) {
        for (int x = 0; x < 3; ++x) sum += matrix[i][y] * matrix[j][x] * g[y * 3 + x];
      }
      u[i * points + j] = sum;
    }
  }
}

// [matrix][pair of output blocks][input channel][channels of the pair], as conv_tile reads it.
void pack_filter(const Tensor& filter, const ConvWinogradParams& p, int64_t lanes, float* dst) {
  const int64_t outputs = filter.dims[0];
  const int64_t channels = filter.dims[1];
  const int64_t matrices = (p.m + 2) * (p.m + 2);
  const int64_t matrix_floats = p.out_blocks * lanes * channels;
  double u[36];
  for (int64_t o = 0; o < outputs; ++o) {
    const int64_t first = o / lanes / 2 * 2;
    const int64_t width = std::min<int64_t>(2, p.out_blocks - first) * lanes;
    for (int64_t c = 0; c < channels; ++c) {
      transform_filter(filter.as<float>().data() + (o * channels + c) * 9, p.m, u);
      float* at = dst + first * lanes * channels + c * width + o - first * lanes;
      for (int64_t x = 0; x < matrices; ++x) at[x * matrix_floats] = static_cast<float>(u[x]);
    }
  }
}

template <int64_t Lanes>
void pack(const OpInstance& op, const KernelPlan& plan, int input, void* dst) {
  if (input == 2) return pack_bias(op, dst);
  pack_filter(*op.constants[1], plan.get_params<ConvWinogradParams>(), Lanes,
              static_cast<float*>(dst));
}

template <int64_t Lanes, int64_t Tile, int64_t M>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_winograd(op, context, ConvMachine{Lanes, Tile}, M, false, plan);
}

}  // namespace

Status plan_winograd(const OpInstance& op, const PlanContext& context, const ConvMachine& machine,
                     int64_t m, bool always, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const ConvGeometry g, conv_geometry(op));
  POACL_RETURN_IF_ERROR(require_constant_weights(op, g));
  if (g.kh != 3 || g.kw != 3 || g.sh != 1 || g.sw != 1 || g.dh != 1 || g.dw != 1 || g.groups != 1) {
    return declined(
        fmt::format("filter {}x{}, strides {}x{}, dilations {}x{}, {} groups: 3x3, "
                    "all ones wanted",
                    g.kh, g.kw, g.sh, g.sw, g.dh, g.dw, g.groups));
  }
  if (g.n * g.oh * g.ow == 0) return declined("y is empty");
  const Cost cost = estimate(g, m, machine.lanes, context.workers);
  const double other = estimate(g, 6 - m, machine.lanes, context.workers).winograd;
  if (!always && cost.winograd > 0.95 * std::min(cost.direct, other * 1.05)) {
    return declined(
        fmt::format("estimated cost {:.4g} against {:.4g} direct and {:.4g} in tiles "
                    "of {}x{}",
                    cost.winograd, cost.direct, other, 6 - m, 6 - m));
  }
  const Epilogue epilogue = split_activation(g.activation);
  ConvWinogradParams p{};
  p.m = m;
  p.batch = g.n, p.h = g.h, p.w = g.w, p.oh = g.oh, p.ow = g.ow, p.pt = g.pt, p.pl = g.pl;
  p.in_blocks = ceil_div(g.c, machine.lanes);
  p.out_blocks = ceil_div(g.o, machine.lanes);
  p.last_depth = g.c - (p.in_blocks - 1) * machine.lanes;
  p.tile_rows = ceil_div(g.oh, m);
  p.tile_cols = ceil_div(g.ow, m);
  set_blocks(machine, context.workers, &p);
  p.tail = g.o - (p.out_blocks - 1) * machine.lanes;
  p.clear_tail = p.tail != machine.lanes && !epilogue.zero_to_zero;
  p.has_bias = g.has_bias, p.has_residual = g.has_residual;
  p.low = epilogue.low, p.high = epilogue.high;
  p.activation = epilogue.activation;
  const int64_t scratch = p.scratch_floats * (p.shared ? 1 : context.workers);
  if (scratch > kMostScratchFloats) {
    return declined(
        fmt::format("transforms take {} floats, at most {} wanted", scratch, kMostScratchFloats));
  }
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(scratch) * sizeof(float);
  const Layout blocked = blocked_layout(machine.lanes);
  const int64_t outputs = p.out_blocks * machine.lanes;
  set_blocked_plan(op, g, blocked, blocked, (m + 2) * (m + 2) * outputs * g.c, outputs, plan);
  return {};
}

const KernelImpl kConv2dWinograd4Avx512 = {"Conv2D",     "conv2d.winograd4.avx512",
                                           Isa::kAvx512, plan<16, 14, 4>,
                                           pack<16>,     conv_winograd_run_avx512};
const KernelImpl kConv2dWinograd4Avx2 = {
    "Conv2D", "conv2d.winograd4.avx2", Isa::kAvx2, plan<8, 6, 4>, pack<8>, conv_winograd_run_avx2};
const KernelImpl kConv2dWinograd4Generic = {"Conv2D",      "conv2d.winograd4.generic",
                                            Isa::kGeneric, plan<8, kGenericTile, 4>,
                                            pack<8>,       conv_winograd_run_generic};
const KernelImpl kConv2dWinograd2Avx512 = {"Conv2D",     "conv2d.winograd2.avx512",
                                           Isa::kAvx512, plan<16, 14, 2>,
                                           pack<16>,     conv_winograd_run_avx512};
const KernelImpl kConv2dWinograd2Avx2 = {
    "Conv2D", "conv2d.winograd2.avx2", Isa::kAvx2, plan<8, 6, 2>, pack<8>, conv_winograd_run_avx2};
const KernelImpl kConv2dWinograd2Generic = {"Conv2D",      "conv2d.winograd2.generic",
                                            Isa::kGeneric, plan<8, kGenericTile, 2>,
                                            pack<8>,       conv_winograd_run_generic};

}  // namespace poacl
