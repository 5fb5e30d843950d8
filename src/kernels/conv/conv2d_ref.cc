#include "kernels/conv/conv_geometry.h"
#include "kernels/conv/conv_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const ConvGeometry g, conv_geometry(op));
  plan->set_params(g);
  return {};
}

double convolve(const ConvGeometry& g, const float* x, const float* filter, int64_t y0,
                int64_t x0) {
  double sum = 0;
  for (int64_t c = 0; c < g.group_channels(); ++c) {
    for (int64_t i = 0; i < g.kh; ++i) {
      for (int64_t j = 0; j < g.kw; ++j) {
        const int64_t row = y0 + i * g.dh;
        const int64_t col = x0 + j * g.dw;
        if (row < 0 || row >= g.h || col < 0 || col >= g.w) continue;
        sum +=
            static_cast<double>(x[(c * g.h + row) * g.w + col]) * filter[(c * g.kh + i) * g.kw + j];
      }
    }
  }
  return sum;
}

void run(const KernelArgs& args) {
  const auto& g = args.get_params<ConvGeometry>();
  const auto* x = static_cast<const float*>(args.inputs[0]);
  const auto* filter = static_cast<const float*>(args.inputs[1]);
  const auto* bias = g.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr;
  const auto* residual = g.has_residual ? static_cast<const float*>(args.inputs[3]) : nullptr;
  auto* y = static_cast<float*>(args.outputs[0]);
  (*args.parallel)(g.n * g.o, [&](int64_t chunk, int) {
    const int64_t n = chunk / g.o;
    const int64_t o = chunk % g.o;
    const int64_t first = o / g.group_outputs() * g.group_channels();
    const float* image = x + (n * g.c + first) * g.h * g.w;
    const float* weights = filter + o * g.group_channels() * g.kh * g.kw;
    for (int64_t p = 0; p < g.oh * g.ow; ++p) {
      const int64_t at = chunk * g.oh * g.ow + p;
      double sum = convolve(g, image, weights, p / g.ow * g.sh - g.pt, p % g.ow * g.sw - g.pl);
      if (bias != nullptr) sum += bias[o];
      if (residual != nullptr) sum += residual[at];
      y[at] = apply_activation(g.activation, static_cast<float>(sum));
    }
  });
}

}  // namespace

const KernelImpl kConv2dRef = {"Conv2D", "conv2d.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
