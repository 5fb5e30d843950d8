// The code of resize_image.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/resize/resize_image.h"

namespace poacl::POACL_SIMD {

struct ResizeLines {
  const int64_t* first_h;
  const int64_t* first_w;
  const float* weight_h;
  const float* weight_w;
};

POACL_INLINE ResizeLines resize_lines(const KernelArgs& args, const ResizeImageParams& p) {
  const auto* base = static_cast<const char*>(args.params);
  return {reinterpret_cast<const int64_t*>(base + p.first_h),
          reinterpret_cast<const int64_t*>(base + p.first_w),
          reinterpret_cast<const float*>(base + p.weight_h),
          reinterpret_cast<const float*>(base + p.weight_w)};
}

// One row of blocks. TH and TW are the taps where they are known, else 0.
template <int TH, int TW>
void resize_block_row(const ResizeImageParams& p, const ResizeLines& l, const float* image,
                      int64_t y, float* out) {
  const int64_t taps_h = TH ? TH : p.taps_h;
  const int64_t taps_w = TW ? TW : p.taps_w;
  const float* rows = image + l.first_h[y] * p.w * kLanes;
  const float* wh = l.weight_h + y * taps_h;
  for (int64_t x = 0; x < p.ow; ++x, out += kLanes) {
    const float* cell = rows + l.first_w[x] * kLanes;
    if (TH == 1 && TW == 1) {
      vstore(out, vload(cell));
      continue;
    }
    const float* ww = l.weight_w + x * taps_w;
    Vec sum = vzero();
    for (int64_t i = 0; i < taps_h; ++i) {
      Vec line = vzero();
      for (int64_t j = 0; j < taps_w; ++j) {
        line = vfma(vset1(ww[j]), vload(cell + (i * p.w + j) * kLanes), line);
      }
      sum = vfma(vset1(wh[i]), line, sum);
    }
    vstore(out, sum);
  }
}

static void resize_blocked_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ResizeImageParams*>(args.params);
  const ResizeLines l = resize_lines(args, p);
  const auto* x = static_cast<const float*>(args.inputs[0]);
  auto* y = static_cast<float*>(args.outputs[0]);
  auto* row = resize_block_row<0, 0>;
  if (p.taps_h == 1 && p.taps_w == 1) row = resize_block_row<1, 1>;
  if (p.taps_h == 2 && p.taps_w == 2) row = resize_block_row<2, 2>;
  if (p.taps_h == 4 && p.taps_w == 4) row = resize_block_row<4, 4>;
  const int64_t bands = (p.oh + p.band - 1) / p.band;
  (*args.parallel)(p.planes * bands, [&](int64_t chunk, int) {
    const int64_t plane = chunk / bands;
    const int64_t begin = chunk % bands * p.band;
    const int64_t end = begin + p.band < p.oh ? begin + p.band : p.oh;
    for (int64_t oy = begin; oy < end; ++oy) {
      row(p, l, x + plane * p.h * p.w * kLanes, oy, y + (plane * p.oh + oy) * p.ow * kLanes);
    }
  });
}

// Rows of x, summed over the taps of the height.
static void resize_sum_rows(const float* rows, const float* weights, int64_t taps, int64_t width,
                            float* line) {
  int64_t x = 0;
  for (; x + kLanes <= width; x += kLanes) {
    Vec sum = vmul(vset1(weights[0]), vload(rows + x));
    for (int64_t t = 1; t < taps; ++t) {
      sum = vfma(vset1(weights[t]), vload(rows + t * width + x), sum);
    }
    vstore(line + x, sum);
  }
  for (; x < width; ++x) {
    float sum = weights[0] * rows[x];
    for (int64_t t = 1; t < taps; ++t) sum += weights[t] * rows[t * width + x];
    line[x] = sum;
  }
}

static void resize_planes_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ResizeImageParams*>(args.params);
  const ResizeLines l = resize_lines(args, p);
  const auto* x = static_cast<const float*>(args.inputs[0]);
  auto* y = static_cast<float*>(args.outputs[0]);
  const int64_t bands = (p.oh + p.band - 1) / p.band;
  (*args.parallel)(p.planes * bands, [&](int64_t chunk, int worker) {
    float* own = reinterpret_cast<float*>(args.scratch) + worker * p.w;
    const int64_t plane = chunk / bands;
    const int64_t begin = chunk % bands * p.band;
    const int64_t end = begin + p.band < p.oh ? begin + p.band : p.oh;
    for (int64_t oy = begin; oy < end; ++oy) {
      const float* line = x + (plane * p.h + l.first_h[oy]) * p.w;
      float* out = y + (plane * p.oh + oy) * p.ow;
      if (p.taps_h > 1) {
        resize_sum_rows(line, l.weight_h + oy * p.taps_h, p.taps_h, p.w, own);
        line = own;
      }
      if (p.taps_w == 1) {
        for (int64_t ox = 0; ox < p.ow; ++ox) out[ox] = line[l.first_w[ox]];
      } else if (p.taps_w == 2) {
        for (int64_t ox = 0; ox < p.ow; ++ox) {
          const float* cell = line + l.first_w[ox];
          out[ox] = l.weight_w[2 * ox] * cell[0] + l.weight_w[2 * ox + 1] * cell[1];
        }
      } else {
        for (int64_t ox = 0; ox < p.ow; ++ox) {
          float sum = 0.0f;
          for (int64_t t = 0; t < p.taps_w; ++t) {
            sum += l.weight_w[ox * p.taps_w + t] * line[l.first_w[ox] + t];
          }
          out[ox] = sum;
        }
      }
    }
  });
}

}  // namespace poacl::POACL_SIMD
