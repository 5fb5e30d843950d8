// Transposed convolutions whose phases are output channels, see PlanesSpread.
#include <fmt/format.h>

#include "kernels/conv/conv_planes.h"

namespace poacl {
namespace {

// A register tile of so few output channels is busy with reading cells; with more of them, phases
// one by one are as fast.
constexpr int64_t kMostOutputs = 4;
constexpr int64_t kMostChannels = 1 << 12;  // output channels' phases

}  // namespace

Status spread_phases(ConvNdGeometry* g, PlanesSpread* spread) {
  if (g->group_outputs() > kMostOutputs) {
    return declined(
        fmt::format("{} outputs of a group, at most {} wanted", g->group_outputs(), kMostOutputs));
  }
  PlanesSpread s{};
  ConvNdGeometry forward = *g;
  s.phases = 1;
  for (int d = 0; d < 3; ++d) {
    const int64_t stride = g->stride[d];
    const int64_t taps = (g->kernel[d] + stride - 1) / stride;
    // Places of output 0 and of the last one, both in the image that the pads crop.
    const int64_t first = g->pad[d] / stride;
    const int64_t last = (g->out[d] + g->pad[d] - 1) / stride;
    if ((g->dilation[d] != 1 && g->kernel[d] != 1) || first >= taps || g->out[d] == 0 ||
        stride > kMostChannels) {
      return declined(fmt::format("kernel {}, stride {}, dilation {}, pad {} to {} outputs",
                                  g->kernel[d], stride, g->dilation[d], g->pad[d], g->out[d]));
    }
    s.phases *= stride;
    if (s.phases * g->o > kMostChannels) {
      return declined(fmt::format("{} phases of {} channels, at most {} wanted together", s.phases,
                                  g->o, kMostChannels));
    }
    s.kernel[d] = g->kernel[d];
    s.stride[d] = stride;
    s.crop[d] = g->pad[d] - first * stride;
    s.out[d] = g->out[d];
    forward.kernel[d] = taps;
    forward.stride[d] = 1;
    forward.dilation[d] = 1;
    forward.pad[d] = taps - 1 - first;
    forward.out[d] = last - first + 1;
  }
  // Phases of fewer taps than others are filled up with zeros.
  const int64_t padded = forward.taps() * s.phases;
  if (s.phases == 1 || padded * 3 > g->taps() * 4) {
    return declined(fmt::format("{} phases, {} taps, {} with zeros", s.phases, g->taps(), padded));
  }
  forward.transposed = false;
  forward.o *= s.phases;
  *g = forward;
  *spread = s;
  return {};
}

void spread_filter(const ConvPlanesParams& p, const float* filter, float* dst) {
  const ConvNdGeometry& g = p.g;
  const PlanesSpread& s = p.spread;
  const int64_t outputs = g.group_outputs() / s.phases;
  const int64_t taps = s.kernel[0] * s.kernel[1] * s.kernel[2];
  for (int64_t row = 0; row < g.o; ++row) {
    const int64_t group = row / g.group_outputs();
    const int64_t o = row % g.group_outputs() / s.phases;
    const int64_t r = row % s.phases;
    const int64_t phase[3] = {r / s.stride[2] / s.stride[1], r / s.stride[2] % s.stride[1],
                              r % s.stride[2]};
    for (int64_t c = 0; c < g.group_channels(); ++c) {
      const float* from = filter + ((group * g.group_channels() + c) * outputs + o) * taps;
      for (int64_t t = 0; t < g.taps(); ++t) {
        const int64_t tap[3] = {t / g.kernel[2] / g.kernel[1], t / g.kernel[2] % g.kernel[1],
                                t % g.kernel[2]};
        int64_t at = 0;
        bool there = true;
        for (int d = 0; d < 3; ++d) {
          const int64_t k = phase[d] + (g.kernel[d] - 1 - tap[d]) * s.stride[d];
          there = there && k < s.kernel[d];
          at = at * s.kernel[d] + k;
        }
        *dst++ = there ? from[at] : 0.0f;
      }
    }
  }
}

}  // namespace poacl
