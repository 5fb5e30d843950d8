// QuantConv2D plane by plane: each weight multiplies a whole row of the input, which the compiler
// turns into vectors where the stride is 1.
#include <algorithm>

#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_conv.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  QuantConvParams params{};
  POACL_RETURN_IF_ERROR(read_quant_conv(op, &params));
  plan->set_params(params);
  if (params.result.kind != QuantKind::kSums) {
    plan->scratch_bytes =
        static_cast<size_t>(context.workers) * static_cast<size_t>(params.out_plane()) * 4;
  }
  return {};
}

// Outputs [first, last) of dimension `d` for which window element `k` lies inside the input.
struct Span {
  int64_t first, last;
};
Span inside(const QuantConvParams& p, int d, int64_t k) {
  const int64_t shift = k * p.dilation[d] - p.pad[d];
  const int64_t first = shift >= 0 ? 0 : (-shift + p.stride[d] - 1) / p.stride[d];
  const int64_t room = p.in[d] - 1 - shift;
  const int64_t last = room < 0 ? 0 : std::min(p.out[d], room / p.stride[d] + 1);
  return {std::min(first, last), last};
}

// One weight over the rows of one plane.
template <typename X>
void add_weight(const QuantConvParams& p, const X* x, const int64_t k[3], int32_t factor,
                int32_t x_zero, uint32_t* sums) {
  const Span depth = inside(p, 0, k[0]);
  const Span height = inside(p, 1, k[1]);
  const Span width = inside(p, 2, k[2]);
  const int64_t count = width.last - width.first;
  const auto weight = static_cast<uint32_t>(factor);
  const uint32_t shift = weight * static_cast<uint32_t>(x_zero);
  for (int64_t d = depth.first; d < depth.last; ++d) {
    const int64_t in_d = d * p.stride[0] - p.pad[0] + k[0] * p.dilation[0];
    for (int64_t h = height.first; h < height.last; ++h) {
      const int64_t in_h = h * p.stride[1] - p.pad[1] + k[1] * p.dilation[1];
      const int64_t in_w = width.first * p.stride[2] - p.pad[2] + k[2] * p.dilation[2];
      const X* from = x + (in_d * p.in[1] + in_h) * p.in[2] + in_w;
      uint32_t* to = sums + (d * p.out[1] + h) * p.out[2] + width.first;
      if (p.stride[2] == 1) {
        for (int64_t i = 0; i < count; ++i) {
          to[i] += weight * static_cast<uint32_t>(static_cast<int32_t>(from[i])) - shift;
        }
      } else {
        for (int64_t i = 0; i < count; ++i) {
          to[i] +=
              weight * static_cast<uint32_t>(static_cast<int32_t>(from[i * p.stride[2]])) - shift;
        }
      }
    }
  }
}

template <typename X, typename W>
void convolve(const QuantConvParams& p, const KernelArgs& args) {
  const auto* x = static_cast<const X*>(args.inputs[0]);
  const auto* filter = static_cast<const W*>(args.inputs[1]);
  const int32_t x_zero = p.has_x_offset ? *static_cast<const X*>(args.inputs[2]) : int32_t{0};
  const int64_t group_in = p.in_channels / p.groups;
  const int64_t group_out = p.out_channels / p.groups;
  const bool scaled = p.result.kind != QuantKind::kSums;
  const QuantFinish finish = make_quant_finish(p.result, args.inputs + 5);
  (*args.parallel)(p.batch * p.out_channels, [&](int64_t plane, int worker) {
    const int64_t oc = plane % p.out_channels;
    const int64_t channel = plane / p.out_channels * p.in_channels + oc / group_out * group_in;
    const int32_t w_zero =
        p.has_filter_offset
            ? static_cast<const W*>(args.inputs[3])[p.filter_offset_per_channel ? oc : 0]
            : int32_t{0};
    auto* sums = scaled ? reinterpret_cast<uint32_t*>(args.scratch) + worker * p.out_plane()
                        : static_cast<uint32_t*>(args.outputs[0]) + plane * p.out_plane();
    const auto start =
        p.has_bias ? static_cast<uint32_t>(static_cast<const int32_t*>(args.inputs[4])[oc]) : 0u;
    std::fill_n(sums, p.out_plane(), start);
    const W* w = filter + oc * group_in * p.window();
    for (int64_t c = 0; c < group_in; ++c) {
      const X* image = x + (channel + c) * p.in_plane();
      int64_t k[3];
      for (k[0] = 0; k[0] < p.kernel[0]; ++k[0]) {
        for (k[1] = 0; k[1] < p.kernel[1]; ++k[1]) {
          for (k[2] = 0; k[2] < p.kernel[2]; ++k[2]) {
            const int32_t factor = *w++ - w_zero;
            if (factor != 0) add_weight(p, image, k, factor, x_zero, sums);
          }
        }
      }
    }
    if (scaled) {
      finish_sums(p.result, finish, reinterpret_cast<const int32_t*>(sums), oc, 0, args.outputs[0],
                  plane * p.out_plane(), p.out_plane());
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<QuantConvParams>();
  if (p.signed_x) {
    p.signed_filter ? convolve<int8_t, int8_t>(p, args) : convolve<int8_t, uint8_t>(p, args);
  } else {
    p.signed_filter ? convolve<uint8_t, int8_t>(p, args) : convolve<uint8_t, uint8_t>(p, args);
  }
}

}  // namespace

const KernelImpl kQuantConvPlanes = {
    "QuantConv2D", "quant_conv.planes", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
