#include <algorithm>

#include <fmt/format.h>

#include "kernels/int8/int8_conv.h"
#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_conv.h"

namespace poacl {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kMostPlainChannels = 4;
constexpr int64_t kWordBytes = 4;
constexpr int64_t kChunkWeightBytes = 512 * 1024;  // half of a common L2 cache
constexpr int64_t kChunksPerWorker = 6;
constexpr int64_t kManyWeights = 4;  // bytes of weights per byte of an image, before and after
constexpr int64_t kMostScratchBytes = int64_t{1} << 31;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Rows or columns of padding that the last window needs behind the image.
int64_t pad_behind(const QuantConvParams& q, int d) {
  const int64_t extent = (q.kernel[d] - 1) * q.dilation[d] + 1;
  const int64_t last = (q.out[d] - 1) * q.stride[d] + extent;
  return std::max<int64_t>(0, last - q.in[d] - q.pad[d]);
}

// Whether the image with its padding has a size that arithmetic on it cannot leave int64 with.
bool image_in_range(const QuantConvParams& q) {
  constexpr int64_t kMostBytes = int64_t{1} << 42;
  int64_t bytes = q.batch * kLanes;
  for (const int64_t factor : {q.in_channels + kLanes, q.in[1] + q.pad[1] + pad_behind(q, 1),
                               q.in[2] + q.pad[2] + pad_behind(q, 2)}) {
    if (__builtin_mul_overflow(bytes, factor, &bytes) || bytes > kMostBytes) return false;
  }
  return true;
}

enum class Image { kBlocks, kPlain, kDense };

void set_image(const QuantConvParams& q, Image image, const Int8Machine& machine,
               Int8ConvParams* p) {
  const bool plain = image != Image::kBlocks;
  const int64_t planes = plain ? 1 : ceil_div(q.in_channels, kLanes);
  const int64_t word = 4 / machine.number;  // channels
  const int64_t below = pad_behind(q, 1);
  const int64_t right = pad_behind(q, 2);
  const bool padded = plain || machine.number != 1 || q.pad[1] + q.pad[2] + below + right > 0;
  p->pixel = (plain ? kMostPlainChannels : kLanes) * machine.number;
  p->dense = image == Image::kDense;
  if (p->dense) p->pixel = q.in_channels;
  p->src_channels = plain ? q.in_channels : 0;
  p->src_h = q.in[1], p->src_w = q.in[2];
  p->pad_h = q.in[1] + q.pad[1] + below, p->pad_w = q.in[2] + q.pad[2] + right;
  p->pad_top = q.pad[1], p->pad_left = q.pad[2];
  p->pad_planes = padded ? q.batch * planes : 0;
  p->batch = q.batch;
  p->slice_stride = p->pad_h * p->pad_w * p->pixel;
  p->image_stride = planes * p->slice_stride;
  p->groups = q.groups;
  p->slices = ceil_div(q.in_channels / q.groups, kLanes);
  p->group_stride = p->slices * p->slice_stride;
  p->row_step = q.stride[1] * p->pad_w * p->pixel;
  p->col_step = q.stride[2] * p->pixel;
  p->tap_row_step = q.dilation[1] * p->pad_w * p->pixel;
  p->tap_col_step = q.dilation[2] * p->pixel;
  p->taps_h = q.kernel[1], p->taps_w = q.kernel[2];
  p->words = kLanes / word;
  p->last_words = ceil_div(q.in_channels / q.groups - (p->slices - 1) * kLanes, word);
  if (p->dense) {
    p->taps_w = 1;
    p->last_words = ceil_div(q.kernel[2] * q.in_channels, word);
  }
}

void set_output(const QuantConvParams& q, const Int8Machine& machine, Int8ConvParams* p) {
  const bool pointwise = q.kernel[1] == 1 && q.kernel[2] == 1 && q.stride[1] == 1 &&
                         q.stride[2] == 1 && p->pad_h == p->src_h && p->pad_w == p->src_w;
  const int64_t area = q.out[1] * q.out[2];
  p->rows = pointwise ? 1 : q.out[1];
  p->cols = pointwise ? area : q.out[2];
  p->blocks = ceil_div(q.out_channels / q.groups, kLanes);
  p->tail = q.out_channels / q.groups - (p->blocks - 1) * kLanes;
  p->out_col = kLanes;
  p->out_row = p->cols * kLanes;
  p->out_block = area * kLanes;
  p->out_image = p->all_blocks() * p->out_block;
  p->block_tile = machine.blocks;
  p->col_tile = ceil_div(p->cols, ceil_div(p->cols, machine.pixels));
  // Narrow images fill the registers with two rows.
  const bool blocked = machine.vnni && p->pixel == kLanes && p->col_step <= 2 * kLanes;
  p->row_tile = blocked && p->rows >= 2 && 2 * p->col_tile <= machine.pixels ? 2 : 1;
}

// Weights of a chunk stay in L2; enough chunks for balance, each of some size.
void set_chunks(int64_t workers, Int8ConvParams* p) {
  const int64_t group_bytes = p->block_tile * p->block_words() * kLanes * 4;
  const int64_t tiles_of_blocks = ceil_div(p->blocks, p->block_tile);
  const int64_t tiles = ceil_div(p->rows, p->row_tile) * ceil_div(p->cols, p->col_tile);
  const int64_t fitting =
      std::max<int64_t>(1, kChunkWeightBytes / std::max<int64_t>(group_bytes, 1));
  int64_t blocks = ceil_div(tiles_of_blocks, ceil_div(tiles_of_blocks, fitting));
  int64_t chunk_tiles = tiles;
  if (workers > 1) {
    const int64_t target = workers * kChunksPerWorker;
    const auto chunks = [&] {
      return p->batch * p->groups * ceil_div(tiles_of_blocks, blocks) *
             ceil_div(tiles, chunk_tiles);
    };
    // Few pixels under many weights: let the workers read different weights.
    while (chunks() < target && blocks > 1 && tiles < 4 * tiles_of_blocks) {
      blocks = ceil_div(blocks, 2);
    }
    if (chunks() < target) {
      chunk_tiles = std::max<int64_t>(1, tiles / ceil_div(target, chunks()));
    }
    while (chunks() < workers && blocks > 1) blocks = ceil_div(blocks, 2);
  }
  p->block_chunk = std::min(blocks * p->block_tile, p->blocks);
  p->tile_chunk = chunk_tiles;
  // Where most of the bytes are weights, all pixels use those of a few blocks before the next come,
  // so that there is time to fetch these.
  const int64_t weights = p->blocks * p->block_words() * kLanes * 4;
  p->blocks_outside = weights > kManyWeights * (p->group_stride + p->blocks * p->out_block);
}

void set_packed(Int8ConvParams* p, KernelPlan* plan) {
  p->weight_bytes = p->all_blocks() * p->block_words() * kLanes * 4;
  plan->packed.push_back({1, static_cast<size_t>(p->weight_bytes + p->all_blocks() * kLanes * 8)});
}

// Declines where pixels without gaps save nothing.
Status require_dense(const QuantConvParams& q, bool plain) {
  if (!plain) return declined("x is not a plain image of few channels");
  if (q.dilation[2] != 1) return declined("the window's columns are apart");
  if (ceil_div(q.kernel[2] * q.in_channels, kWordBytes) == q.kernel[2]) {
    return declined(fmt::format("rows of {} pixels of {} channels are as many words without gaps",
                                q.kernel[2], q.in_channels));
  }
  return {};
}

Status plan_conv(const OpInstance& op, const PlanContext& context, const Int8Machine& machine,
                 bool dense, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_machine(machine));
  QuantConvParams q{};
  POACL_RETURN_IF_ERROR(read_quant_conv(op, &q));
  POACL_RETURN_IF_ERROR(require_int8_weights(op));
  if (op.inputs[0].dims.size() != 4) return declined("x has other than four dimensions");
  if (q.batch * q.out_plane() * q.window() * q.in_channels * q.out_channels == 0) {
    return declined("a tensor is empty");
  }
  if (q.groups > 1 &&
      (q.in_channels / q.groups % kLanes != 0 || q.out_channels / q.groups % kLanes != 0)) {
    return declined(fmt::format("{} groups of {} to {} channels, multiples of 16 wanted", q.groups,
                                q.in_channels / q.groups, q.out_channels / q.groups));
  }
  if (!image_in_range(q)) {
    return declined(
        fmt::format("x {} with its padding is out of range", dims_to_string(op.inputs[0].dims)));
  }
  const bool plain =
      op.inputs[0].layout == Layout::kPlain && q.groups == 1 && q.in_channels <= kMostPlainChannels;
  if (dense) POACL_RETURN_IF_ERROR(require_dense(q, plain));
  Int8ConvParams p{};
  POACL_RETURN_IF_ERROR(read_int8_finish(op, q.out_channels, &p.finish));
  if (machine.vnni) POACL_RETURN_IF_ERROR(require_unclipped(op, p.finish));
  set_image(q, dense ? Image::kDense : plain ? Image::kPlain : Image::kBlocks, machine, &p);
  set_output(q, machine, &p);
  set_chunks(context.workers, &p);
  p.flip = q.signed_x ? 0x80808080u : 0u;
  p.x_zero = static_cast<uint8_t>(int8_x_zero(op));
  // The last word of a row may begin with the image's last byte.
  const int64_t scratch = p.pad_planes == 0 ? 0 : q.batch * p.image_stride + kWordBytes;
  if (scratch > kMostScratchBytes) {
    return declined(fmt::format("the padded image takes {} bytes, at most {} wanted", scratch,
                                kMostScratchBytes));
  }
  plan->scratch_bytes = static_cast<size_t>(scratch);
  set_packed(&p, plan);
  plan->set_params(p);
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = plain ? Layout::kPlain : Layout::kBlocked16;
  plan->output_layouts = {Layout::kBlocked16};
  if (p.finish.has_residual) {
    plan->input_layouts[7] = Layout::kBlocked16;
    plan->in_place = true;
    plan->in_place_input = 7;
  }
  return {};
}

// [tile of blocks][slice][tap row][tap column][word][block][16 channels][four or two]; the last
// tile may have fewer blocks. `weight(o, c, tap)` is the weight of output o of the group and input
// c.
template <typename T, typename Weight>
void pack_weights(const Int8ConvParams& p, int64_t outputs, int64_t channels, T* dst,
                  const Weight& weight) {
  constexpr int64_t kWord = 4 / sizeof(T);
  for (int64_t b = 0; b < p.blocks; b += p.block_tile) {
    const int64_t width = std::min(p.block_tile, p.blocks - b) * kLanes;
    for (int64_t s = 0; s < p.slices; ++s) {
      const int64_t words = s + 1 == p.slices ? p.last_words : p.words;
      for (int64_t tap = 0; tap < p.taps_h * p.taps_w; ++tap) {
        for (int64_t word = 0; word < words; ++word, dst += width * kWord) {
          for (int64_t at = 0; at < width * kWord; ++at) {
            const int64_t o = b * kLanes + at / kWord;
            const int64_t c = s * kLanes + word * kWord + at % kWord;
            if (o < outputs && c < channels) dst[at] = weight(o, c, tap);
          }
        }
      }
    }
  }
}

template <typename T>
void pack_conv(const OpInstance& op, const KernelPlan& plan, int, void* dst) {
  const auto& p = plan.get_params<Int8ConvParams>();
  const Tensor& filter = *op.constants[1];
  const int64_t outputs = filter.dims[0] / p.groups;
  const int64_t channels = filter.dims[1];
  const int64_t taps = filter.dims[2] * filter.dims[3];
  const int8_t* src = filter.as<int8_t>().data();
  const int64_t row_numbers = filter.dims[3] * channels;
  for (int64_t group = 0; group < p.groups; ++group) {
    const int64_t at = group * p.blocks * p.block_words() * kLanes * 4;
    T* to = reinterpret_cast<T*>(static_cast<std::byte*>(dst) + at);
    if (p.dense) {
      pack_weights(p, outputs, row_numbers, to, [&](int64_t o, int64_t c, int64_t tap) {
        const int64_t column = tap * filter.dims[3] + c / channels;
        return src[(o * channels + c % channels) * taps + column];
      });
      continue;
    }
    pack_weights(p, outputs, channels, to, [&](int64_t o, int64_t c, int64_t tap) {
      return src[((group * outputs + o) * channels + c) * taps + tap];
    });
  }
  std::vector<int32_t> sums(static_cast<size_t>(filter.dims[0]), 0);
  for (size_t o = 0; o < sums.size(); ++o) {
    const int8_t* row = src + static_cast<int64_t>(o) * channels * taps;
    for (int64_t i = 0; i < channels * taps; ++i) sums[o] += row[i];
  }
  pack_int8_epilogue(op, p.finish, int8_x_zero(op), sums, outputs, p.blocks,
                     static_cast<std::byte*>(dst) + p.weight_bytes);
}

template <const Int8Machine& Machine, bool Dense = false>
Status conv_plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_conv(op, context, Machine, Dense, plan);
}

}  // namespace

const KernelImpl kInt8StemVnni = {"QuantConv2D",     "int8.stem.vnni",
                                  Isa::kAvx512,      conv_plan<kInt8Vnni, true>,
                                  pack_conv<int8_t>, int8_conv_run_vnni};
const KernelImpl kInt8ConvVnni = {"QuantConv2D",        "int8.conv.vnni",  Isa::kAvx512,
                                  conv_plan<kInt8Vnni>, pack_conv<int8_t>, int8_conv_run_vnni};
const KernelImpl kInt8ConvAvx2 = {"QuantConv2D",        "int8.conv16.avx2", Isa::kAvx2,
                                  conv_plan<kInt8Avx2>, pack_conv<int16_t>, int8_conv_run_avx2};
const KernelImpl kInt8ConvGeneric = {"QuantConv2D",      "int8.conv16.generic",
                                     Isa::kGeneric,      conv_plan<kInt8Generic>,
                                     pack_conv<int16_t>, int8_conv_run_generic};

}  // namespace poacl
