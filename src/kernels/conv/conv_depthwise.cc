#include "kernels/conv/conv_depthwise.h"

#include <algorithm>

#include <fmt/format.h>

#include "kernels/conv/conv_kernels.h"
#include "kernels/conv/conv_plan.h"

namespace poacl {
namespace {

constexpr int64_t kChunksPerWorker = 6;
constexpr int64_t kCopiedFloats = 48 * 1024;  // rows of a band: a part of a common L2 cache

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Whether every window of a row touches the image, as the tiles for small filters want it.
bool fits_tiles(const ConvGeometry& g) {
  const int64_t right = (g.ow - 1) * g.sw + g.kw - g.pl - g.w;
  return (g.kw == 3 || g.kw == 5) && (g.sw == 1 || g.sw == 2) && g.dw == 1 && g.pl < g.kw &&
         right < g.kw;
}

// Rows that stick out to the side are copied with their padding, a band at a time. Rows above and
// below the image are left out instead.
void set_copy(const ConvGeometry& g, int64_t lanes, ConvDepthwiseParams* p) {
  const int64_t reach = (g.ow - 1) * g.sw + (g.kw - 1) * g.dw + 1;
  if (g.pl == 0 && reach <= g.w) return;
  p->left = g.pl;
  p->width = std::max(reach, g.pl + 1);
  const int64_t row = p->width * lanes;
  const int64_t halo = (g.kh - 1) * g.dh + 1;
  const int64_t rows = std::max(2 * halo, kCopiedFloats / row);
  p->band = std::min(p->band, std::max<int64_t>(1, (rows - halo) / g.sh + 1));
  p->scratch = std::min(g.h, (p->band - 1) * g.sh + halo) * row;
}

template <int64_t Lanes>
void pack(const OpInstance& op, const KernelPlan&, int input, void* dst) {
  pack_depthwise(op, Lanes, input, dst);
}

template <int64_t Lanes, int64_t Tile>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_depthwise(op, context, Lanes, Tile, plan);
}

}  // namespace

Status plan_depthwise(const OpInstance& op, const PlanContext& context, int64_t lanes, int64_t tile,
                      KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const ConvGeometry g, conv_geometry(op));
  POACL_RETURN_IF_ERROR(require_constant_weights(op, g));
  if (g.groups != g.c || g.o != g.c) {
    return declined(fmt::format("{} channels in {} groups to {} channels, one to one wanted", g.c,
                                g.groups, g.o));
  }
  if (g.n * g.oh * g.ow == 0) return declined("y is empty");
  const Epilogue epilogue = split_activation(g.activation);
  ConvDepthwiseParams p{};
  p.batch = g.n;
  p.blocks = ceil_div(g.c, lanes);
  p.h = g.h, p.w = g.w, p.oh = g.oh, p.ow = g.ow;
  p.kh = g.kh, p.kw = g.kw, p.sh = g.sh, p.sw = g.sw, p.dh = g.dh, p.dw = g.dw;
  p.pt = g.pt, p.pl = g.pl;
  p.band = g.oh;
  if (context.workers > 1) {
    const int64_t target = context.workers * kChunksPerWorker;
    p.band = ceil_div(g.oh, std::min(g.oh, ceil_div(target, p.batch * p.blocks)));
  }
  const int64_t columns = ceil_div(g.ow, ceil_div(g.ow, tile));
  (fits_tiles(g) ? p.tile : p.any_tile) = columns;
  if (p.tile == 0) set_copy(g, lanes, &p);
  if (p.scratch > kMostScratchFloats / context.workers) {
    return declined(fmt::format("rows of {} floats with their padding, at most {} wanted",
                                p.scratch, kMostScratchFloats / context.workers));
  }
  p.tail = g.c - (p.blocks - 1) * lanes;
  p.clear_tail = p.tail != lanes && !epilogue.zero_to_zero;
  p.has_bias = g.has_bias, p.has_residual = g.has_residual;
  p.low = epilogue.low, p.high = epilogue.high;
  p.activation = epilogue.activation;
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(context.workers * p.scratch) * sizeof(float);
  const Layout blocked = blocked_layout(lanes);
  set_blocked_plan(op, g, blocked, blocked, p.blocks * lanes * g.kh * g.kw, p.blocks * lanes, plan);
  return {};
}

void pack_depthwise(const OpInstance& op, int64_t lanes, int input, void* dst) {
  if (input == 2) return pack_bias(op, dst);
  const Tensor& filter = *op.constants[1];
  const int64_t taps = filter.dims[2] * filter.dims[3];
  const float* src = filter.as<float>().data();
  for (int64_t c = 0; c < filter.dims[0]; ++c) {
    for (int64_t t = 0; t < taps; ++t) {
      static_cast<float*>(dst)[(c / lanes * taps + t) * lanes + c % lanes] = src[c * taps + t];
    }
  }
}

const KernelImpl kConv2dDepthwiseAvx512 = {"Conv2D",     "conv2d.depthwise.avx512",
                                           Isa::kAvx512, plan<16, 14>,
                                           pack<16>,     conv_depthwise_run_avx512};
const KernelImpl kConv2dDepthwiseAvx2 = {"Conv2D", "conv2d.depthwise.avx2", Isa::kAvx2, plan<8, 8>,
                                         pack<8>,  conv_depthwise_run_avx2};
const KernelImpl kConv2dDepthwiseGeneric = {"Conv2D",      "conv2d.depthwise.generic",
                                            Isa::kGeneric, plan<8, 4>,
                                            pack<8>,       conv_depthwise_run_generic};

}  // namespace poacl
