// References of the convolutions over two or three dimensions, forward and transposed, in float
// and double.
#include "kernels/conv/conv_kernels.h"
#include "kernels/conv/conv_nd_geometry.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const ConvNdGeometry g, conv_nd_geometry(op));
  plan->set_params(g);
  return {};
}

// Position in x that output `out` takes through tap `k`; -1 when there is none.
int64_t source(const ConvNdGeometry& g, int dim, int64_t out, int64_t k) {
  int64_t at = 0;
  if (g.transposed) {
    at = out + g.pad[dim] - k * g.dilation[dim];
    if (at < 0 || at % g.stride[dim] != 0) return -1;
    at /= g.stride[dim];
  } else {
    at = out * g.stride[dim] - g.pad[dim] + k * g.dilation[dim];
  }
  return at >= 0 && at < g.in[dim] ? at : -1;
}

// `filter` at output o and first channel of the group; `step` from channel to channel.
template <typename T>
double convolve(const ConvNdGeometry& g, const T* x, const T* filter, int64_t step,
                const int64_t out[3]) {
  double sum = 0;
  for (int64_t i = 0; i < g.kernel[0]; ++i) {
    const int64_t d = source(g, 0, out[0], i);
    for (int64_t j = 0; d >= 0 && j < g.kernel[1]; ++j) {
      const int64_t h = source(g, 1, out[1], j);
      for (int64_t k = 0; h >= 0 && k < g.kernel[2]; ++k) {
        const int64_t w = source(g, 2, out[2], k);
        if (w < 0) continue;
        const T* cell = x + (d * g.in[1] + h) * g.in[2] + w;
        const T* weight = filter + (i * g.kernel[1] + j) * g.kernel[2] + k;
        for (int64_t c = 0; c < g.group_channels(); ++c) {
          sum +=
              static_cast<double>(cell[c * g.in_plane()]) * static_cast<double>(weight[c * step]);
        }
      }
    }
  }
  return sum;
}

template <typename T>
void run_typed(const ConvNdGeometry& g, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  const auto* filter = static_cast<const T*>(args.inputs[1]);
  const auto* bias = g.has_bias ? static_cast<const T*>(args.inputs[2]) : nullptr;
  const auto* residual = g.has_residual ? static_cast<const T*>(args.inputs[3]) : nullptr;
  auto* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(g.n * g.o, [&](int64_t chunk, int) {
    const int64_t o = chunk % g.o;
    const int64_t first = o / g.group_outputs() * g.group_channels();
    const T* image = x + (chunk / g.o * g.c + first) * g.in_plane();
    const T* weights = filter + (g.transposed ? first * g.group_outputs() + o % g.group_outputs()
                                              : o * g.group_channels()) *
                                    g.taps();
    const int64_t step = g.transposed ? g.group_outputs() * g.taps() : g.taps();
    for (int64_t p = 0; p < g.out_plane(); ++p) {
      const int64_t at = chunk * g.out_plane() + p;
      const int64_t out[3] = {p / (g.out[1] * g.out[2]), p / g.out[2] % g.out[1], p % g.out[2]};
      double sum = convolve(g, image, weights, step, out);
      if (bias != nullptr) sum += static_cast<double>(bias[o]);
      if (residual != nullptr) sum += static_cast<double>(residual[at]);
      if (g.activation.kind != ActivationKind::kNone) {
        sum = static_cast<double>(apply_activation(g.activation, static_cast<float>(sum)));
      }
      y[at] = static_cast<T>(sum);
    }
  });
}

void run(const KernelArgs& args) {
  const auto& g = args.get_params<ConvNdGeometry>();
  g.dtype == DataType::kDouble ? run_typed<double>(g, args) : run_typed<float>(g, args);
}

}  // namespace

const KernelImpl kConv2dDoubleRef = {"Conv2D", "conv2d.double.ref", Isa::kGeneric, plan, nullptr,
                                     run};
const KernelImpl kConv3dRef = {"Conv3D", "conv3d.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kConv2dTransposeRef = {
    "Conv2DTransposeD", "conv2d_transpose.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kConv3dTransposeRef = {
    "Conv3DTransposeD", "conv3d_transpose.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
