#include "kernels/conv/conv_direct.h"

#include <algorithm>

#include <fmt/format.h>

#include "kernels/conv/conv_kernels.h"
#include "kernels/conv/conv_plan.h"
#include "kernels/simd/generic_tile.h"

namespace poacl {
namespace {

constexpr int64_t kMostPlainChannels = 4;
constexpr int64_t kChunkWeightFloats = 128 * 1024;  // half of a common L2 cache
constexpr int64_t kChunksPerWorker = 6;
constexpr int64_t kTileChunksPerWorker = 16;  // where workers share the weights: finer, but even
constexpr int64_t kShortPieces = 2;  // how much more an image costs that streams by in pieces
// With fewer tiles the weights take all of the memory's time, with more they are soon there.
constexpr int64_t kLeastTilesForImage = 8;
constexpr int64_t kMostTilesForWeights = 15;
constexpr int64_t kMostSkippedRows = 8;  // output rows for each padding row that is worth skipping

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Few channels in plain order: the first layer of most networks. Blocks would be mostly padding.
bool reads_plain(const OpInstance& op, const ConvGeometry& g) {
  return op.inputs[0].layout == Layout::kPlain && g.groups == 1 && g.c <= kMostPlainChannels &&
         g.dw == 1;
}

void set_image(const ConvGeometry& g, bool plain, int64_t lanes, ConvDirectParams* p) {
  const int64_t planes = plain ? g.c : ceil_div(g.c, lanes);
  p->pixel = plain ? 1 : lanes;
  p->src_h = g.h, p->src_w = g.w;
  p->pad_h = g.h + g.pt + g.pb, p->pad_w = g.w + g.pl + g.pr;
  p->pad_top = g.pt, p->pad_left = g.pl;
  p->pad_planes = g.padded() ? g.n * planes : 0;
  p->batch = g.n;
  p->slice_stride = p->pad_h * p->pad_w * p->pixel;
  p->image_stride = planes * p->slice_stride;
  p->groups = g.groups;
  p->slices = planes / g.groups;
  p->group_stride = p->slices * p->slice_stride;
  p->row_step = g.sh * p->pad_w * p->pixel;
  p->col_step = g.sw * p->pixel;
  p->tap_row_step = g.dh * p->pad_w * p->pixel;
  p->tap_col_step = g.dw * p->pixel;
  p->taps_h = g.kh;
  p->taps_w = plain ? 1 : g.kw;
  p->filter_cols = p->taps_w;
  p->depth = plain ? g.kw : lanes;
  p->last_depth = plain ? g.kw : g.group_channels() - (p->slices - 1) * lanes;
}

void set_tiles(const ConvGeometry& g, const ConvMachine& machine, ConvDirectParams* p) {
  const bool flat = g.pointwise() && g.sh == 1 && g.sw == 1 && !g.padded();
  p->rows = flat ? 1 : g.oh;
  p->cols = flat ? g.oh * g.ow : g.ow;
  p->col_tile = ceil_div(p->cols, ceil_div(p->cols, machine.tile));
  p->row_tile = p->rows >= 2 && p->col_tile * 2 <= machine.tile ? 2 : 1;
}

// Wide dilations leave much of the filter outside the image: without padding rows, and with those
// filter columns left out that no output needs.
void set_skip(const ConvGeometry& g, bool plain, const ConvMachine& machine, ConvDirectParams* p) {
  if (plain || g.sw != 1 || p->row_tile != 1 || kMostSkippedRows * (g.pt + g.pb) < g.oh) return;
  const auto inside = [&](int64_t tap) {
    const int64_t first = tap * g.dw - g.pl;
    return first < g.w && first + g.ow - 1 >= 0;
  };
  int64_t begin = 0;
  int64_t end = g.kw;
  while (begin < end && !inside(begin)) ++begin;
  while (end > begin && !inside(end - 1)) --end;
  if (begin == end) return;  // nothing but padding
  p->skip = true;
  p->first_col_tap = begin;
  p->taps_w = end - begin;
  p->missing_rows = g.pt;
  p->tap_rows = g.dh;
  p->out_rows = g.sh;
  p->pad_left = std::max<int64_t>(0, g.pl - begin * g.dw);
  const int64_t origin = begin * g.dw - g.pl + p->pad_left;
  p->origin = origin * machine.lanes;
  p->pad_w = std::max(origin + g.ow + (p->taps_w - 1) * g.dw, p->pad_left + g.w);
  p->pad_h = g.h;
  p->pad_top = 0;
  p->pad_planes = p->pad_w == g.w ? 0 : p->pad_planes;
  p->slice_stride = p->pad_h * p->pad_w * machine.lanes;
  p->image_stride = p->slices * g.groups * p->slice_stride;
  p->group_stride = p->slices * p->slice_stride;
  p->row_step = g.sh * p->pad_w * machine.lanes;
  p->tap_row_step = g.dh * p->pad_w * machine.lanes;
}

// Weights of a chunk stay in L2; enough chunks for balance, each of some size.
void set_chunks(int64_t workers, ConvDirectParams* p) {
  const int64_t depth = (p->slices - 1) * p->depth + p->last_depth;
  const int64_t pair = 2 * depth * p->taps_h * p->taps_w * p->pixel;
  const int64_t pairs = ceil_div(p->blocks, 2);
  const int64_t tiles = ceil_div(p->rows, p->row_tile) * ceil_div(p->cols, p->col_tile);
  const int64_t fitting = std::max<int64_t>(1, kChunkWeightFloats / std::max<int64_t>(pair, 1));
  int64_t chunk_pairs = ceil_div(pairs, ceil_div(pairs, fitting));
  int64_t chunk_tiles = tiles;
  if (workers > 1) {
    const int64_t target = workers * kChunksPerWorker;
    const auto chunks = [&] {
      return p->batch * p->groups * ceil_div(pairs, chunk_pairs) * ceil_div(tiles, chunk_tiles);
    };
    // Few pixels under many weights: let the workers read different weights.
    while (chunks() < target && chunk_pairs > 1 && tiles < 4 * pairs) {
      chunk_pairs = ceil_div(chunk_pairs, 2);
    }
    if (chunks() < target) {
      const int64_t parts = ceil_div(workers * kTileChunksPerWorker, chunks());
      chunk_tiles = std::max<int64_t>(1, tiles / parts);
    }
    while (chunks() < workers && chunk_pairs > 1) chunk_pairs = ceil_div(chunk_pairs, 2);
  }
  p->block_chunk = std::min(2 * chunk_pairs, p->blocks);
  p->tile_chunk = chunk_tiles;
  // Either the image stays in the cache and all weights stream by, or a chunk's weights stay and
  // all images stream by, in shorter pieces and therefore more slowly.
  const int64_t weights = pair * pairs * p->groups;
  const int64_t image = p->groups * p->slices * p->rows * p->row_step;
  p->images_first = image <= kChunkWeightFloats * 2 &&
                    kShortPieces * ceil_div(p->blocks, p->block_chunk) * image > weights;
  const int64_t sharing = tiles * (p->images_first ? 1 : p->batch);
  p->fetch_image = p->taps_h * p->taps_w == 1 && p->pixel > 1 && sharing >= kLeastTilesForImage;
  p->fetch_weights =
      p->pixel > 1 && p->batch == 1 && !p->skip && tiles > 1 && tiles <= kMostTilesForWeights;
}

Status plan_direct(const OpInstance& op, const PlanContext& context, const ConvMachine& machine,
                   KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const ConvGeometry g, conv_geometry(op));
  POACL_RETURN_IF_ERROR(require_constant_weights(op, g));
  if (g.groups > 1 &&
      (g.group_channels() % machine.lanes != 0 || g.group_outputs() % machine.lanes != 0)) {
    return declined(fmt::format("{} groups of {} to {} channels, multiples of {} wanted", g.groups,
                                g.group_channels(), g.group_outputs(), machine.lanes));
  }
  if (g.n * g.oh * g.ow == 0) return declined("y is empty");
  const bool plain = reads_plain(op, g);
  ConvDirectParams p{};
  set_image(g, plain, machine.lanes, &p);
  p.blocks = ceil_div(g.group_outputs(), machine.lanes);
  p.tail = g.group_outputs() - (p.blocks - 1) * machine.lanes;
  set_tiles(g, machine, &p);
  set_skip(g, plain, machine, &p);
  set_chunks(context.workers, &p);
  const int64_t scratch = p.pad_planes * p.slice_stride;
  if (p.pad_planes != 0 && scratch > kMostScratchFloats) {
    return declined(fmt::format("the padded image takes {} floats, at most {} wanted", scratch,
                                kMostScratchFloats));
  }
  const Epilogue epilogue = split_activation(g.activation);
  p.low = epilogue.low, p.high = epilogue.high;
  p.activation = epilogue.activation;
  p.clear_tail = p.tail != machine.lanes && !epilogue.zero_to_zero;
  p.has_bias = g.has_bias, p.has_residual = g.has_residual;
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(p.pad_planes == 0 ? 0 : scratch) * sizeof(float);
  const Layout blocked = blocked_layout(machine.lanes);
  const int64_t outputs = g.groups * p.blocks * machine.lanes;
  set_blocked_plan(op, g, plain ? Layout::kPlain : blocked, blocked,
                   outputs * g.group_channels() * g.kh * g.kw, outputs, plan);
  return {};
}

// [pair of blocks][slice][tap row][tap column][depth][channels of the pair]; a last odd block
// stands alone. Channels past the last are zero.
void pack_filter(const OpInstance& op, const ConvDirectParams& p, int64_t lanes, float* dst) {
  const Tensor& filter = *op.constants[1];
  const int64_t outputs = filter.dims[0] / p.groups;
  const int64_t channels = filter.dims[1];
  const int64_t kh = filter.dims[2];
  const int64_t kw = filter.dims[3];
  const float* src = filter.as<float>().data();
  const bool plain = p.pixel == 1;
  for (int64_t group = 0; group < p.groups; ++group) {
    for (int64_t b = 0; b < p.blocks; b += 2) {
      const int64_t width = std::min<int64_t>(2, p.blocks - b) * lanes;
      for (int64_t s = 0; s < p.slices; ++s) {
        const int64_t depth = s + 1 == p.slices ? p.last_depth : p.depth;
        for (int64_t tap = 0; tap < p.taps_h * p.filter_cols; ++tap) {
          for (int64_t i = 0; i < depth; ++i, dst += width) {
            const int64_t c = plain ? s : s * lanes + i;
            const int64_t at = plain ? tap * kw + i : tap;
            for (int64_t j = 0; j < width && b * lanes + j < outputs; ++j) {
              const int64_t o = group * outputs + b * lanes + j;
              dst[j] = src[(o * channels + c) * kh * kw + at];
            }
          }
        }
      }
    }
  }
}

template <int64_t Lanes>
void pack(const OpInstance& op, const KernelPlan& plan, int input, void* dst) {
  if (input == 2) return pack_bias(op, dst);
  pack_filter(op, plan.get_params<ConvDirectParams>(), Lanes, static_cast<float*>(dst));
}

template <int64_t Lanes, int64_t Tile>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_direct(op, context, ConvMachine{Lanes, Tile}, plan);
}

}  // namespace

const KernelImpl kConv2dDirectAvx512 = {
    "Conv2D", "conv2d.direct.avx512", Isa::kAvx512, plan<16, 14>, pack<16>, conv_direct_run_avx512};
const KernelImpl kConv2dDirectAvx2 = {"Conv2D", "conv2d.direct.avx2", Isa::kAvx2, plan<8, 6>,
                                      pack<8>,  conv_direct_run_avx2};
const KernelImpl kConv2dDirectGeneric = {"Conv2D",      "conv2d.direct.generic",
                                         Isa::kGeneric, plan<8, kGenericTile>,
                                         pack<8>,       conv_direct_run_generic};

}  // namespace poacl
