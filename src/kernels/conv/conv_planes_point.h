// The case of conv_planes.h that images of one cell are spread by a transposed filter: a product of
// the images' channels and the filter as it is stored, [channels][outputs * taps]. So the filter's
// numbers are the cells, and the image's are the weights. Included by conv_planes_impl.h.
#pragma once

namespace poacl::POACL_SIMD {

// Sums [at, at + width) of images [n, n + rows), with bias and activation, to y.
static void point_store(const ConvPlanesParams& p, const float* bias, float* sums, int64_t width,
                        int64_t n, int64_t rows, int64_t at, float* y) {
  const int64_t taps = p.g.taps();
  for (int64_t r = 0; r < rows; ++r) {
    float* row = sums + r * width;
    for (int64_t i = 0; bias != nullptr && i < width;) {
      const int64_t o = (at + i) / taps;
      const int64_t end = planes_min(width, (o + 1) * taps - at);
      for (; i < end; ++i) row[i] += bias[o];
    }
    finish_vectors(p.epilogue, width / kLanes, row);
    copy_outputs(row, width, 1, y + (n + r) * p.g.o * taps + at);
  }
}

static void conv_point_run(const ConvPlanesParams& p, const KernelArgs& args) {
  const ConvNdGeometry& g = p.g;
  const auto* x = static_cast<const float*>(args.inputs[0]);
  const auto* filter = static_cast<const float*>(args.inputs[1]);
  const auto* bias = g.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr;
  auto* y = static_cast<float*>(args.outputs[0]);
  auto* offset = reinterpret_cast<int64_t*>(args.scratch);
  *offset = 0;
  const int64_t columns = g.o * g.taps();
  const int64_t width = p.vectors * kLanes;
  const PlanesTile t = {g.c, 1, columns, g.c, 1, offset, -__builtin_inff(), __builtin_inff()};
  (*args.parallel)(columns / width, [&](int64_t tile, int) {
    const int64_t at = tile * width;
    for (int64_t n = 0; n < g.n; n += p.rows) {
      const int64_t rows = planes_min(p.rows, g.n - n);
      float sums[kPlaneFloats];
      find_planes_tile<kTile>(rows, p.vectors)(t, filter + at, x + n * g.c, nullptr, sums);
      point_store(p, bias, sums, width, n, rows, at, y);
    }
  });
}

}  // namespace poacl::POACL_SIMD
