#include <algorithm>

#include <fmt/format.h>

#include "base/half.h"
#include "kernels/bf16/bf16_plan.h"
#include "kernels/bf16/bf16_winograd.h"
#include "kernels/conv/conv_plan.h"

namespace poacl {
namespace {

constexpr int64_t kMatrices = 16;
constexpr int64_t kRegisterTiles = 14;  // kPixels of bf16_conv_tile.h
// Transformed tiles should stay in L2 beside the filters and products of two output blocks.
constexpr int64_t kBlockBytes = 420 * 1024;
constexpr int64_t kMostBlock = 112;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Estimated time in cycles, from measurements: two products of vectors in one, transforms of one
// tile and channel block, filters read from memory, which all workers share, while computing.
struct Cost {
  double direct, winograd;
};
Cost estimate(const ConvGeometry& g, int64_t workers) {
  const auto blocks = static_cast<double>(ceil_div(g.o, int64_t{16}));
  const auto in_blocks = static_cast<double>(ceil_div(g.c, int64_t{16}));
  const auto tiles =
      static_cast<double>(g.n * ceil_div(g.oh, int64_t{2}) * ceil_div(g.ow, int64_t{2}));
  const auto pixels = static_cast<double>(g.n * g.oh * g.ow);
  const auto sharers = static_cast<double>(workers);
  const double filters = static_cast<double>(ceil_div(g.c, int64_t{2})) * blocks;
  const double memory = 6.0;  // per vector of filters
  return {std::max(pixels * 9 * filters * 0.53 / sharers, 9 * filters * memory),
          std::max((tiles * 16 * filters * 0.55 + tiles * (in_blocks * 30 + blocks * 40)) / sharers,
                   16 * filters * memory)};
}

void set_blocks(int64_t workers, Bf16WinogradParams* p) {
  const int64_t tiles = p->batch * p->tile_rows * p->tile_cols;
  const int64_t of_tile = kMatrices * p->in_blocks * 32;
  int64_t most = std::clamp(kBlockBytes / of_tile, kRegisterTiles, kMostBlock);
  p->shared = workers > 1 && ceil_div(tiles, most) < 3 * workers;
  p->tile_block = ceil_div(tiles, ceil_div(tiles, most));
  p->col_tile = ceil_div(p->tile_block, ceil_div(p->tile_block, kRegisterTiles));
  // An odd number of cache lines apart, or the matrices would share cache sets.
  p->matrix_step = (ceil_div(p->in_blocks * p->tile_block, int64_t{2}) | 1) * 32;
}

// G g G^T of one 3x3 filter.
void transform_filter(const float* g, float* u) {
  double half[4][3];
  for (int x = 0; x < 3; ++x) {
    const double a = g[x];
    const double b = g[3 + x];
    const double c = g[6 + x];
    half[0][x] = a;
    half[1][x] = 0.5 * (a + b + c);
    half[2][x] = 0.5 * (a - b + c);
    half[3][x] = c;
  }
  for (int y = 0; y < 4; ++y) {
    const double* h = half[y];
    u[y * 4] = static_cast<float>(h[0]);
    u[y * 4 + 1] = static_cast<float>(0.5 * (h[0] + h[1] + h[2]));
    u[y * 4 + 2] = static_cast<float>(0.5 * (h[0] - h[1] + h[2]));
    u[y * 4 + 3] = static_cast<float>(h[2]);
  }
}

// [pair of output blocks][matrix][pair of input channels][channels of the block pair][2]; a last
// odd block stands alone.
void pack_filter(const Tensor& filter, const Bf16WinogradParams& p, uint16_t* dst) {
  const int64_t outputs = filter.dims[0];
  const int64_t channels = filter.dims[1];
  const int64_t words = (p.in_blocks - 1) * 8 + p.last_words;
  float u[kMatrices];
  for (int64_t o = 0; o < outputs; ++o) {
    const int64_t first = o / 32 * 2;
    const int64_t width = std::min<int64_t>(2, p.out_blocks - first) * 16;
    uint16_t* pair = dst + first * kMatrices * words * 32;
    for (int64_t c = 0; c < channels; ++c) {
      transform_filter(filter.as<float>().data() + (o * channels + c) * 9, u);
      uint16_t* at = pair + (c / 2 * width + o - first * 16) * 2 + c % 2;
      for (int64_t x = 0; x < kMatrices; ++x) {
        at[x * words * width * 2] = float_to_bfloat16(u[x]);
      }
    }
  }
}

void pack(const OpInstance& op, const KernelPlan& plan, int input, void* dst) {
  if (input == 2) return pack_bias(op, dst);
  pack_filter(*op.constants[1], plan.get_params<Bf16WinogradParams>(), static_cast<uint16_t*>(dst));
}

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_bf16_winograd(op, context, false, plan);
}

}  // namespace

Status plan_bf16_winograd(const OpInstance& op, const PlanContext& context, bool always,
                          KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_bf16_products(op));
  POACL_ASSIGN_OR_RETURN(const ConvGeometry g, conv_geometry(op));
  POACL_RETURN_IF_ERROR(require_constant_weights(op, g));
  if (g.kh != 3 || g.kw != 3 || g.sh != 1 || g.sw != 1 || g.dh != 1 || g.dw != 1 || g.groups != 1) {
    return declined(
        fmt::format("filter {}x{}, strides {}x{}, dilations {}x{}, {} groups: 3x3, "
                    "all ones wanted",
                    g.kh, g.kw, g.sh, g.sw, g.dh, g.dw, g.groups));
  }
  if (g.n * g.oh * g.ow == 0) return declined("y is empty");
  const Cost cost = estimate(g, context.workers);
  if (!always && cost.winograd > 0.95 * cost.direct) {
    return declined(
        fmt::format("estimated cost {:.4g} against {:.4g} direct", cost.winograd, cost.direct));
  }
  Bf16WinogradParams p{};
  p.batch = g.n, p.h = g.h, p.w = g.w, p.oh = g.oh, p.ow = g.ow, p.pt = g.pt, p.pl = g.pl;
  p.in_blocks = ceil_div(g.c, int64_t{16});
  p.out_blocks = ceil_div(g.o, int64_t{16});
  p.last_words = ceil_div(g.c - (p.in_blocks - 1) * 16, int64_t{2});
  p.tile_rows = ceil_div(g.oh, int64_t{2});
  p.tile_cols = ceil_div(g.ow, int64_t{2});
  set_blocks(context.workers, &p);
  p.tail = g.o - (p.out_blocks - 1) * 16;
  const Epilogue epilogue = split_activation(g.activation);
  p.low = epilogue.low, p.high = epilogue.high;
  p.activation = epilogue.activation;
  p.special =
      p.activation.kind != ActivationKind::kNone || (p.tail != 16 && !epilogue.zero_to_zero);
  p.has_bias = g.has_bias, p.has_residual = g.has_residual;
  const int64_t tiles = kMatrices * p.matrix_step * 2;
  const int64_t products = kMatrices * p.tile_block * 32 * 4;
  const int64_t scratch = (p.shared ? 1 : context.workers) * tiles + context.workers * products;
  if (scratch / 4 > kMostScratchFloats) {
    return declined(fmt::format("transforms take {} bytes, at most {} wanted", scratch,
                                4 * kMostScratchFloats));
  }
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(scratch);
  const int64_t words = (p.in_blocks - 1) * 8 + p.last_words;
  set_bf16_conv_plan(op, g, Layout::kBlocked16Bf16, p.out_blocks * kMatrices * words * 64,
                     p.out_blocks * 16, plan);
  return {};
}

const KernelImpl kConv2dWinogradBf16 = {"Conv2D", "conv2d.winograd2.bf16", Isa::kAvx512, plan,
                                        pack,     bf16_winograd_run,       true};

}  // namespace poacl
