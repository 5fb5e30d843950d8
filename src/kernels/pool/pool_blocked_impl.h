// The code of pool_blocked.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/pool/pool_max_impl.h"

namespace poacl::POACL_SIMD {

// Cells of one window; `corner` is the first of rows x cols inside the image.
struct PoolWindow {
  const float* corner;
  int64_t rows, cols, row_step;
};

POACL_INLINE Vec max_of(const PoolWindow& w) {
  Vec best = vload(w.corner);
  const float* row = w.corner;
  for (int64_t i = 0; i < w.rows; ++i, row += w.row_step) {
    for (int64_t j = 0; j < w.cols; ++j) best = pool_greater(best, vload(row + j * kLanes));
  }
  return best;
}

// Two chains, as an addition takes a few cycles.
POACL_INLINE Vec sum_of(const PoolWindow& w) {
  Vec even = vzero();
  Vec odd = vzero();
  const float* row = w.corner;
  for (int64_t i = 0; i < w.rows; ++i, row += w.row_step) {
    int64_t j = 0;
    for (; j + 2 <= w.cols; j += 2) {
      even = vadd(even, vload(row + j * kLanes));
      odd = vadd(odd, vload(row + (j + 1) * kLanes));
    }
    if (j < w.cols) even = vadd(even, vload(row + j * kLanes));
  }
  return vadd(even, odd);
}

static void pool_row(const PoolGeometry& g, const float* image, int64_t y, float* out) {
  const int64_t y0 = y * g.sh - g.pt;
  const int64_t top = pool_max(y0, 0);
  const int64_t bottom = pool_min(y0 + g.kh, g.h);
  const int64_t counted_rows = pool_min(g.kh, g.h + g.pb - y0);
  for (int64_t x = 0; x < g.ow; ++x, out += kLanes) {
    const int64_t x0 = x * g.sw - g.pl;
    const int64_t left = pool_max(x0, 0);
    const int64_t right = pool_min(x0 + g.kw, g.w);
    const PoolWindow w = {image + (top * g.w + left) * kLanes, bottom - top, right - left,
                          g.w * kLanes};
    if (!g.average) {
      vstore(out, max_of(w));
      continue;
    }
    const int64_t cells =
        g.exclusive ? w.rows * w.cols : counted_rows * pool_min(g.kw, g.w + g.pr - x0);
    vstore(out, vdiv(sum_of(w), vset1(static_cast<float>(cells))));
  }
}

// The whole image in one window; `channels` results in plain order.
static void pool_plane(const PoolGeometry& g, const float* image, int64_t channels, float* out) {
  const PoolWindow w = {image, 1, g.h * g.w, 0};
  Vec v;
  if (g.average) {
    v = vdiv(sum_of(w), vset1(static_cast<float>(g.h * g.w)));
  } else {
    v = max_of(w);
  }
  if (channels == kLanes) {
    vstore(out, v);
    return;
  }
  float lanes[kLanes];
  vstore(lanes, v);
  for (int64_t c = 0; c < channels; ++c) out[c] = lanes[c];
}

static void pool_blocked_run(const KernelArgs& args) {
  const auto& p = *static_cast<const PoolBlockedParams*>(args.params);
  const PoolGeometry& g = p.g;
  const auto* in = static_cast<const float*>(args.inputs[0]);
  auto* out = static_cast<float*>(args.outputs[0]);
  if (p.global) {
    (*args.parallel)(g.n * p.blocks, [&](int64_t plane, int) {
      const int64_t n = plane / p.blocks;
      const int64_t block = plane % p.blocks;
      pool_plane(g, in + plane * g.h * g.w * kLanes, block + 1 == p.blocks ? p.tail : kLanes,
                 out + n * g.c + block * kLanes);
    });
    return;
  }
  const bool shares = !g.average && pool_shares_columns(g);
  const int64_t bands = (g.oh + p.band - 1) / p.band;
  (*args.parallel)(g.n * p.blocks * bands, [&](int64_t chunk, int) {
    const int64_t plane = chunk / bands;
    const int64_t first = chunk % bands * p.band;
    const int64_t last = pool_min(first + p.band, g.oh);
    const float* image = in + plane * g.h * g.w * kLanes;
    for (int64_t y = first; y < last; ++y) {
      float* row = out + (plane * g.oh + y) * g.ow * kLanes;
      shares ? pool_row_maxima(g, image, y, row) : pool_row(g, image, y, row);
    }
  });
}

}  // namespace poacl::POACL_SIMD
