// Reference of QuantConv2D.
#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_conv.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  QuantConvParams params{};
  POACL_RETURN_IF_ERROR(read_quant_conv(op, &params));
  plan->set_params(params);
  return {};
}

// Position of window element `k` for output `o`, or -1 in the padding.
int64_t position(const QuantConvParams& p, int64_t o, int64_t k) {
  int64_t at = 0;
  int64_t out_step = p.out_plane();
  int64_t kernel_step = p.window();
  for (int d = 0; d < 3; ++d) {
    out_step /= p.out[d];
    kernel_step /= p.kernel[d];
    const int64_t i = o / out_step % p.out[d] * p.stride[d] - p.pad[d] +
                      k / kernel_step % p.kernel[d] * p.dilation[d];
    if (i < 0 || i >= p.in[d]) return -1;
    at = at * p.in[d] + i;
  }
  return at;
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<QuantConvParams>();
  const QuantFinish finish = make_quant_finish(p.result, args.inputs + 5);
  const int32_t x_zero = p.has_x_offset ? quant_value(args.inputs[2], p.signed_x, 0) : 0;
  const int64_t group_in = p.in_channels / p.groups;
  const int64_t group_out = p.out_channels / p.groups;
  (*args.parallel)(p.batch * p.out_channels, [&](int64_t plane, int) {
    const int64_t n = plane / p.out_channels;
    const int64_t oc = plane % p.out_channels;
    const int64_t zero_at = p.filter_offset_per_channel ? oc : 0;
    const int32_t w_zero =
        p.has_filter_offset ? quant_value(args.inputs[3], p.signed_filter, zero_at) : 0;
    for (int64_t o = 0; o < p.out_plane(); ++o) {
      uint32_t sum = 0;  // wraps around as int32 does
      for (int64_t c = 0; c < group_in; ++c) {
        const int64_t channel = n * p.in_channels + oc / group_out * group_in + c;
        for (int64_t k = 0; k < p.window(); ++k) {
          const int64_t at = position(p, o, k);
          if (at < 0) continue;
          const int64_t x_at = channel * p.in_plane() + at;
          const int64_t w_at = (oc * group_in + c) * p.window() + k;
          const int32_t a = quant_value(args.inputs[0], p.signed_x, x_at) - x_zero;
          const int32_t b = quant_value(args.inputs[1], p.signed_filter, w_at) - w_zero;
          sum += static_cast<uint32_t>(a * b);
        }
      }
      if (p.has_bias) sum += static_cast<uint32_t>(static_cast<const int32_t*>(args.inputs[4])[oc]);
      const auto total = static_cast<int32_t>(sum);
      finish_sums(p.result, finish, &total, oc, 0, args.outputs[0], plane * p.out_plane() + o, 1);
    }
  });
}

}  // namespace

const KernelImpl kQuantConvRef = {"QuantConv2D", "quant_conv.ref", Isa::kGeneric,
                                  plan,          nullptr,          run};

}  // namespace poacl
