#include <algorithm>

#include <fmt/format.h>

#include "base/half.h"
#include "kernels/bf16/bf16_conv.h"
#include "kernels/bf16/bf16_plan.h"
#include "kernels/conv/conv_plan.h"

namespace poacl {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kTile = 14;  // kPixels of bf16_conv_tile.h
constexpr int64_t kMostPlainChannels = 4;
constexpr int64_t kChunkWeightElements = 256 * 1024;  // half of a common L2 cache
constexpr int64_t kChunksPerWorker = 6;
// Large filters of a small image are passed over once, the image often.
constexpr int64_t kSmallImageElements = 208 * 1024;
constexpr int64_t kLargeFilterElements = 128 * 1024;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Few channels in plain order: the first layer of most networks. Blocks would be mostly padding.
bool reads_plain(const OpInstance& op, const ConvGeometry& g) {
  return full_width(op.inputs[0].layout) == Layout::kPlain && g.groups == 1 &&
         g.c <= kMostPlainChannels && g.dw == 1;
}

void set_image(const ConvGeometry& g, bool plain, int64_t workers, Bf16ConvParams* p) {
  const int64_t planes = plain ? g.c : ceil_div(g.c, kLanes);
  const int64_t pixel = plain ? 1 : kLanes;
  p->plain = plain;
  p->src_h = g.h, p->src_w = g.w;
  // The last word of a plain filter row of odd width reaches one column further.
  p->pad_h = g.h + g.pt + g.pb, p->pad_w = g.w + g.pl + g.pr + (plain ? 1 : 0);
  p->pad_top = g.pt, p->pad_left = g.pl;
  p->pad_planes = plain || g.padded() ? g.n * planes : 0;
  p->pad_band = std::max<int64_t>(1, p->pad_h);
  if (workers > 1 && p->pad_planes != 0) {
    const int64_t bands = ceil_div(workers * kChunksPerWorker, p->pad_planes);
    p->pad_band = ceil_div(p->pad_h, std::clamp<int64_t>(bands, 1, p->pad_h));
  }
  p->batch = g.n;
  p->slice_stride = p->pad_h * p->pad_w * pixel;
  p->image_stride = planes * p->slice_stride;
  p->groups = g.groups;
  p->slices = planes / g.groups;
  p->group_stride = p->slices * p->slice_stride;
  p->row_step = g.sh * p->pad_w * pixel;
  p->col_step = g.sw * pixel;
  p->tap_row_step = g.dh * p->pad_w * pixel;
  p->tap_col_step = g.dw * pixel;
  p->taps_h = g.kh;
  p->taps_w = plain ? 1 : g.kw;
  p->words = plain ? ceil_div(g.kw, 2) : kLanes / 2;
  p->last_words =
      plain ? p->words : ceil_div(g.group_channels() - (p->slices - 1) * kLanes, int64_t{2});
}

void set_tiles(const ConvGeometry& g, Bf16ConvParams* p) {
  const bool flat = !p->plain && g.pointwise() && g.sh == 1 && g.sw == 1 && !g.padded();
  p->rows = flat ? 1 : g.oh;
  p->cols = flat ? g.oh * g.ow : g.ow;
  p->col_tile = ceil_div(p->cols, ceil_div(p->cols, kTile));
  p->row_tile = p->rows >= 2 && p->col_tile * 2 <= kTile ? 2 : 1;
}

int64_t block_elements(const Bf16ConvParams& p) {
  return ((p.slices - 1) * p.words + p.last_words) * p.taps_h * p.taps_w * 2 * kLanes;
}

// Weights of a chunk stay in L2; enough chunks for balance, each of some size.
void set_chunks(int64_t workers, Bf16ConvParams* p) {
  const int64_t pairs = ceil_div(p->blocks, 2);
  const int64_t tiles = ceil_div(p->rows, p->row_tile) * ceil_div(p->cols, p->col_tile);
  const int64_t fitting = std::max<int64_t>(1, kChunkWeightElements / (2 * block_elements(*p)));
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
      chunk_tiles = std::max<int64_t>(1, tiles / ceil_div(target, chunks()));
    }
    while (chunks() < workers && chunk_pairs > 1) chunk_pairs = ceil_div(chunk_pairs, 2);
  }
  p->block_chunk = std::min(2 * chunk_pairs, p->blocks);
  p->tile_chunk = chunk_tiles;
  p->by_blocks = !p->plain && p->slices * p->rows * p->row_step <= kSmallImageElements &&
                 p->blocks * block_elements(*p) >= kLargeFilterElements;
}

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_bf16_products(op));
  POACL_ASSIGN_OR_RETURN(const ConvGeometry g, conv_geometry(op));
  POACL_RETURN_IF_ERROR(require_constant_weights(op, g));
  if (g.groups > 1 && (g.group_channels() % kLanes != 0 || g.group_outputs() % kLanes != 0)) {
    return declined(fmt::format("{} groups of {} to {} channels, multiples of {} wanted", g.groups,
                                g.group_channels(), g.group_outputs(), kLanes));
  }
  if (g.n * g.oh * g.ow == 0) return declined("y is empty");
  const bool plain = reads_plain(op, g);
  Bf16ConvParams p{};
  set_image(g, plain, context.workers, &p);
  p.blocks = ceil_div(g.group_outputs(), kLanes);
  p.tail = g.group_outputs() - (p.blocks - 1) * kLanes;
  set_tiles(g, &p);
  set_chunks(context.workers, &p);
  const int64_t scratch = p.pad_planes * p.slice_stride;
  if (scratch / 2 > kMostScratchFloats) {
    return declined(fmt::format("the padded image takes {} elements, at most {} wanted", scratch,
                                2 * kMostScratchFloats));
  }
  const Epilogue epilogue = split_activation(g.activation);
  p.low = epilogue.low, p.high = epilogue.high;
  p.activation = epilogue.activation;
  p.special =
      p.activation.kind != ActivationKind::kNone || (p.tail != kLanes && !epilogue.zero_to_zero);
  p.has_bias = g.has_bias, p.has_residual = g.has_residual;
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(scratch) * sizeof(uint16_t);
  const int64_t blocks = g.groups * p.blocks;
  set_bf16_conv_plan(op, g, plain ? Layout::kPlain : Layout::kBlocked16Bf16,
                     blocks * block_elements(p) * 2, blocks * kLanes, plan);
  return {};
}

// [pair of blocks][slice][tap row][tap column][word][channels of the pair][2]; a last odd block
// stands alone. Elements past the last are zero.
void pack_filter(const OpInstance& op, const Bf16ConvParams& p, uint16_t* dst) {
  const Tensor& filter = *op.constants[1];
  const int64_t outputs = filter.dims[0] / p.groups;
  const int64_t channels = filter.dims[1];
  const int64_t kw = filter.dims[3];
  const int64_t taps = filter.dims[2] * kw;
  const float* src = filter.as<float>().data();
  for (int64_t group = 0; group < p.groups; ++group) {
    for (int64_t b = 0; b < p.blocks; b += 2) {
      const int64_t width = std::min<int64_t>(2, p.blocks - b) * kLanes;
      const int64_t live = std::min(width, outputs - b * kLanes);
      for (int64_t s = 0; s < p.slices; ++s) {
        const int64_t words = s + 1 == p.slices ? p.last_words : p.words;
        for (int64_t tap = 0; tap < p.taps_h * p.taps_w; ++tap) {
          for (int64_t i = 0; i < 2 * words; ++i) {
            const int64_t c = p.plain ? s : s * kLanes + i;
            const int64_t at = p.plain ? tap * kw + i : tap;
            if (c >= channels || (p.plain && i >= kw)) continue;
            uint16_t* to = dst + i / 2 * 2 * width + i % 2;
            for (int64_t j = 0; j < live; ++j) {
              const int64_t o = group * outputs + b * kLanes + j;
              to[j * 2] = float_to_bfloat16(src[(o * channels + c) * taps + at]);
            }
          }
          dst += 2 * words * width;
        }
      }
    }
  }
}

void pack(const OpInstance& op, const KernelPlan& plan, int input, void* dst) {
  if (input == 2) return pack_bias(op, dst);
  pack_filter(op, plan.get_params<Bf16ConvParams>(), static_cast<uint16_t*>(dst));
}

}  // namespace

const KernelImpl kConv2dDirectBf16 = {"Conv2D", "conv2d.direct.bf16", Isa::kAvx512, plan,
                                      pack,     bf16_conv_run,        true};

}  // namespace poacl
