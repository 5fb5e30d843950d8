#include <algorithm>

#include <fmt/format.h>

#include "kernels/int8/int8_depthwise.h"
#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_conv.h"

namespace poacl {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kBandBytes = 20 * 1024;  // most of a first-level cache
constexpr int64_t kMostBandBytes = 1 << 20;

Status plan_on(const OpInstance& op, const PlanContext& context, const Int8Machine& machine,
               KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_machine(machine));
  QuantConvParams q{};
  POACL_RETURN_IF_ERROR(read_quant_conv(op, &q));
  POACL_RETURN_IF_ERROR(require_int8_weights(op));
  if (op.inputs[0].dims.size() != 4) return declined("x has other than four dimensions");
  if (q.groups != q.in_channels || q.out_channels != q.in_channels || q.in_channels < 2) {
    return declined(fmt::format("{} groups of {} to {} channels: as many of each wanted", q.groups,
                                q.in_channels, q.out_channels));
  }
  if (q.dilation[2] != 1 || q.stride[2] > 2) {
    return declined(fmt::format("dilation {} and stride {} along a row: 1, and 1 or 2 wanted",
                                q.dilation[2], q.stride[2]));
  }
  if (q.batch * q.out_plane() * q.window() == 0) return declined("a tensor is empty");
  Int8DepthwiseParams p{};
  POACL_RETURN_IF_ERROR(read_int8_finish(op, q.out_channels, &p.finish));
  if (p.finish.kind == QuantKind::kSums || p.finish.kind == QuantKind::kFloat) {
    return declined("the result has more than eight bits");
  }
  if (p.finish.has_residual) return declined("a residual");
  if (machine.vnni) POACL_RETURN_IF_ERROR(require_unclipped(op, p.finish));
  p.blocks = (q.in_channels + kLanes - 1) / kLanes;
  p.planes = q.batch * p.blocks;
  p.tail = q.in_channels - (p.blocks - 1) * kLanes;
  p.in_h = q.in[1], p.in_w = q.in[2];
  p.out_h = q.out[1], p.out_w = q.out[2];
  p.kernel_h = q.kernel[1], p.kernel_w = q.kernel[2];
  p.fours = (q.kernel[2] + 3) / 4;
  if (!machine.vnni && p.kernel_h * p.fours * 4 > kInt8WideTaps) {
    return declined(fmt::format("a window of {} taps, at most {} wanted", p.kernel_h * p.fours * 4,
                                kInt8WideTaps));
  }
  p.stride_h = q.stride[1], p.stride_w = q.stride[2], p.dilation_h = q.dilation[1];
  p.pad_top = q.pad[1], p.pad_left = q.pad[2];
  // Loads take four pixels wherever a tap of weight zero may stand; a row of four results is
  // computed even where fewer are left.
  const int64_t last = ((p.out_w + 3) / 4 * 4 - 1) * p.stride_w + p.fours * 4;
  p.band_width = std::max(last, p.pad_left + p.in_w);
  const int64_t extent = (p.kernel_h - 1) * p.dilation_h + 1;
  constexpr int64_t kLongest = 1 << 20;
  if (p.band_width > kLongest || extent > kLongest) {
    return declined(fmt::format("rows of {} pixels under windows of {} rows, at most {} wanted",
                                p.band_width, extent, kLongest));
  }
  const int64_t row_bytes = p.band_width * kLanes;
  const int64_t rows = std::max(extent, kBandBytes / row_bytes);
  p.band = std::min(p.out_h, (rows - extent) / p.stride_h + 1);
  p.band_rows = (p.band - 1) * p.stride_h + extent;
  p.band_bytes = p.band_rows * row_bytes;
  if (p.band_bytes > kMostBandBytes) {
    return declined(fmt::format("a row of windows takes {} bytes, at most {} wanted", p.band_bytes,
                                kMostBandBytes));
  }
  p.flip = q.signed_x ? 0x80808080u : 0u;
  p.x_zero = static_cast<uint8_t>(int8_x_zero(op));
  p.weight_bytes = p.blocks * p.kernel_h * p.fours * 64;
  plan->scratch_bytes = static_cast<size_t>(context.workers * p.band_bytes);
  plan->packed.push_back({1, static_cast<size_t>(p.weight_bytes + p.blocks * kLanes * 8)});
  plan->set_params(p);
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->input_layouts[0] = Layout::kBlocked16;
  plan->output_layouts = {Layout::kBlocked16};
  return {};
}

// [block][tap row][four of a row][16 channels][4 taps].
void pack(const OpInstance& op, const KernelPlan& plan, int, void* dst) {
  const auto& p = plan.get_params<Int8DepthwiseParams>();
  const Tensor& filter = *op.constants[1];
  const int64_t channels = filter.dims[0];
  const int64_t kernel_w = filter.dims[3];
  const int8_t* src = filter.as<int8_t>().data();
  auto* weights = static_cast<int8_t*>(dst);
  std::vector<int32_t> sums(static_cast<size_t>(channels), 0);
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t i = 0; i < p.kernel_h * kernel_w; ++i) {
      const int64_t row = c / kLanes * p.kernel_h + i / kernel_w;
      const int64_t tap = i % kernel_w;
      const int8_t weight = src[c * p.kernel_h * kernel_w + i];
      weights[((row * p.fours + tap / 4) * kLanes + c % kLanes) * 4 + tap % 4] = weight;
      sums[static_cast<size_t>(c)] += weight;
    }
  }
  pack_int8_epilogue(op, p.finish, int8_x_zero(op), sums, channels, p.blocks,
                     static_cast<std::byte*>(dst) + p.weight_bytes);
}

template <const Int8Machine& Machine>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_on(op, context, Machine, plan);
}

}  // namespace

const KernelImpl kInt8DepthwiseVnni = {"QuantConv2D", "int8.depthwise.vnni",
                                       Isa::kAvx512,  plan<kInt8Vnni>,
                                       pack,          int8_depthwise_run_vnni};
const KernelImpl kInt8DepthwiseAvx2 = {"QuantConv2D", "int8.depthwise.avx2",
                                       Isa::kAvx2,    plan<kInt8Avx2>,
                                       pack,          int8_depthwise_run_avx2};
const KernelImpl kInt8DepthwiseGeneric = {"QuantConv2D", "int8.depthwise.generic",
                                          Isa::kGeneric, plan<kInt8Avx2>,
                                          pack,          int8_depthwise_run_generic};

}  // namespace poacl
