// Deformable convolution: each tap reads the image at a computed place, between four cells, times
// a computed factor. Samples of a few outputs are gathered once for all output channels.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "kernels/conv/conv_kernels.h"
#include "kernels/conv/conv_nd_geometry.h"

namespace poacl {
namespace {

struct Params {
  ConvNdGeometry g;
  int64_t parts;  // groups of channels that share their offsets
  bool has_mask;
  int64_t sample_doubles;  // one output's samples
};

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  if (op.inputs.size() < 3) return declined("offsets are missing");
  Params p{};
  POACL_ASSIGN_OR_RETURN(p.g, conv_nd_geometry(op));
  const ConvNdGeometry& g = p.g;
  p.parts = op.attrs->get_int("deformable_groups", 1);
  p.has_mask = op.inputs.size() > 4 && !op.inputs[4].absent();
  if (p.parts < 1 || g.c % p.parts != 0) return declined("deformable_groups out of range");
  const Dims offsets = {g.n, 2 * p.parts * g.taps(), g.out[1], g.out[2]};
  const Dims mask = {g.n, p.parts * g.taps(), g.out[1], g.out[2]};
  if (op.inputs[2].dims != offsets || op.inputs[2].dtype != g.dtype) {
    return declined(fmt::format("offsets {}, {} wanted", dims_to_string(op.inputs[2].dims),
                                dims_to_string(offsets)));
  }
  if (p.has_mask && (op.inputs[4].dims != mask || op.inputs[4].dtype != g.dtype)) {
    return declined(
        fmt::format("mask {}, {} wanted", dims_to_string(op.inputs[4].dims), dims_to_string(mask)));
  }
  p.sample_doubles = g.c * g.taps();
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(p.sample_doubles * context.workers) * sizeof(double);
  return {};
}

// Between the four cells around (y, x); cells outside count as zero.
struct Sampler {
  int64_t at[4];
  double weight[4];

  Sampler(const ConvNdGeometry& g, double y, double x, double factor) {
    // Not-a-number and far places lie outside.
    const bool near =
        y > -1 && x > -1 && y < static_cast<double>(g.in[1]) && x < static_cast<double>(g.in[2]);
    const auto top = near ? static_cast<int64_t>(std::floor(y)) : 0;
    const auto left = near ? static_cast<int64_t>(std::floor(x)) : 0;
    const double down = near ? y - static_cast<double>(top) : 0;
    const double right = near ? x - static_cast<double>(left) : 0;
    for (int i = 0; i < 4; ++i) {
      const int64_t row = top + i / 2;
      const int64_t col = left + i % 2;
      const bool inside = near && row >= 0 && row < g.in[1] && col >= 0 && col < g.in[2];
      at[i] = inside ? row * g.in[2] + col : 0;
      weight[i] = inside ? (i / 2 ? down : 1 - down) * (i % 2 ? right : 1 - right) * factor : 0;
    }
  }
  template <typename T>
  double operator()(const T* plane) const {
    double sum = 0;
    for (int i = 0; i < 4; ++i) {
      if (weight[i] != 0) sum += weight[i] * static_cast<double>(plane[at[i]]);
    }
    return sum;
  }
};

// samples[channel * taps + tap] of output `pixel` of image n.
template <typename T>
void sample(const Params& p, const KernelArgs& args, int64_t n, int64_t pixel, double* samples) {
  const ConvNdGeometry& g = p.g;
  const int64_t plane = g.out_plane();
  const auto* offsets = static_cast<const T*>(args.inputs[2]) + n * 2 * p.parts * g.taps() * plane;
  const auto* mask =
      p.has_mask ? static_cast<const T*>(args.inputs[4]) + n * p.parts * g.taps() * plane : nullptr;
  const auto* image = static_cast<const T*>(args.inputs[0]) + n * g.c * g.in_plane();
  const int64_t part_channels = g.c / p.parts;
  for (int64_t part = 0; part < p.parts; ++part) {
    for (int64_t t = 0; t < g.taps(); ++t) {
      const int64_t number = part * g.taps() + t;
      const int64_t y = pixel / g.out[2] * g.stride[1] - g.pad[1] + t / g.kernel[2] * g.dilation[1];
      const int64_t x = pixel % g.out[2] * g.stride[2] - g.pad[2] + t % g.kernel[2] * g.dilation[2];
      const Sampler sampler(
          g, static_cast<double>(y) + static_cast<double>(offsets[2 * number * plane + pixel]),
          static_cast<double>(x) + static_cast<double>(offsets[(2 * number + 1) * plane + pixel]),
          mask ? static_cast<double>(mask[number * plane + pixel]) : 1.0);
      for (int64_t c = part * part_channels; c < (part + 1) * part_channels; ++c) {
        samples[c * g.taps() + t] = sampler(image + c * g.in_plane());
      }
    }
  }
}

template <typename T>
void run_typed(const Params& p, const KernelArgs& args) {
  const ConvNdGeometry& g = p.g;
  const auto* filter = static_cast<const T*>(args.inputs[1]);
  const auto* bias = g.has_bias ? static_cast<const T*>(args.inputs[3]) : nullptr;
  auto* y = static_cast<T*>(args.outputs[0]);
  const int64_t length = g.group_channels() * g.taps();
  (*args.parallel)(g.n * g.out[1], [&](int64_t chunk, int worker) {
    double* samples = reinterpret_cast<double*>(args.scratch) + worker * p.sample_doubles;
    const int64_t n = chunk / g.out[1];
    for (int64_t x = 0; x < g.out[2]; ++x) {
      const int64_t pixel = chunk % g.out[1] * g.out[2] + x;
      sample<T>(p, args, n, pixel, samples);
      for (int64_t o = 0; o < g.o; ++o) {
        const double* mine = samples + o / g.group_outputs() * length;
        double sum = bias ? static_cast<double>(bias[o]) : 0.0;
        for (int64_t i = 0; i < length; ++i) {
          sum += mine[i] * static_cast<double>(filter[o * length + i]);
        }
        y[(n * g.o + o) * g.out_plane() + pixel] = static_cast<T>(sum);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  p.g.dtype == DataType::kDouble ? run_typed<double>(p, args) : run_typed<float>(p, args);
}

}  // namespace

const KernelImpl kDeformableConvRef = {
    "DeformableConv2D", "deformable_conv2d.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
