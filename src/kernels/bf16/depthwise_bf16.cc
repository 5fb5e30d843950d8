// The driver of bf16_depthwise.h.
#include "kernels/bf16/bf16_vec.h"
// The vector header comes first: the tiles are written in its terms.
#include "kernels/bf16/bf16_depthwise.h"
#include "kernels/bf16/bf16_depthwise_tile.h"

namespace poacl {
namespace bf16 {
namespace {

// One row, any filter, stride and dilation, pixel by pixel.
void pixels(const ConvDepthwiseParams& p, const Finish& f, Window w, const uint16_t* image,
            int64_t y0) {
  for (int64_t q = 0; q < p.ow; ++q, w.out += 16) {
    const int64_t x0 = q * p.sw - p.pl;
    Vec acc = w.start;
    for (int64_t i = 0; i < p.kh; ++i) {
      const int64_t y = y0 + i * p.dh;
      if (y < 0 || y >= p.h) continue;
      for (int64_t k = 0; k < p.kw; ++k) {
        const int64_t x = x0 + k * p.dw;
        if (x < 0 || x >= p.w) continue;
        acc = vfma(load(image + (y * p.w + x) * 16), vload(w.weights + (i * p.kw + k) * 16), acc);
      }
    }
    store_pixels<1>(f, &acc, w.channels, w.residual, w.out);
    if (w.residual != nullptr) w.residual += 16;
  }
}

// The filter rows of the window from `origin` that lie above and below the image.
void set_rows(const ConvDepthwiseParams& p, int64_t origin, int64_t count, Window* w) {
  w->top = least(count, origin >= 0 ? 0 : (p.dh - 1 - origin) / p.dh);
  const int64_t inside = origin >= p.h ? 0 : (p.h - origin + p.dh - 1) / p.dh;
  w->bottom = least(count, most(0, count - inside));
}

// One row or two rows in register tiles.
void tiles(const ConvDepthwiseParams& p, const Finish& f, Window w, const uint16_t* row,
           bool pair) {
  for (int64_t q = 0; q < p.ow; q += p.tile) {
    const int64_t width = least(p.tile, p.ow - q);
    const int64_t x0 = q * p.sw - p.pl;
    const int64_t x1 = x0 + (width - 1) * p.sw + p.kw;
    w.in = row + x0 * 16;
    w.left = x0 < 0 ? -x0 : 0;
    w.right = x1 > p.w ? x1 - p.w : 0;
    find_depthwise(pair, p.kw, p.sw, width)(f, w, p.kh);
    w.out += width * 16;
    if (w.residual != nullptr) w.residual += width * 16;
  }
}

void depthwise(const KernelArgs& args) {
  const auto& params = *static_cast<const Bf16DepthwiseParams*>(args.params);
  const ConvDepthwiseParams& p = params.conv;
  const auto* image = static_cast<const uint16_t*>(args.inputs[0]);
  const auto* filter = static_cast<const float*>(args.inputs[1]);
  const auto* bias = p.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr;
  const auto* residual = p.has_residual ? static_cast<const uint16_t*>(args.inputs[3]) : nullptr;
  auto* out = static_cast<uint16_t*>(args.outputs[0]);
  const Finish f = {vset1(p.low), vset1(p.high), params.special, p.activation};
  const int64_t bands = (p.oh + p.band - 1) / p.band;
  (*args.parallel)(p.batch * p.blocks * bands, [&](int64_t chunk, int) {
    const int64_t plane = chunk / bands;
    const int64_t block = plane % p.blocks;
    const int64_t first = chunk % bands * p.band;
    const int64_t last = least(first + p.band, p.oh);
    const uint16_t* from = image + plane * p.h * p.w * 16;
    Window w{};
    w.weights = filter + block * p.kh * p.kw * 16;
    w.row_step = p.dh * p.w * 16;
    w.out_row = p.ow * 16;
    w.start = bias == nullptr ? vzero() : vload(bias + block * 16);
    w.channels = block + 1 == p.blocks ? p.tail : 16;
    for (int64_t y = first; y < last;) {
      const bool pair = params.pairs && y + 2 <= last;
      const int64_t y0 = y * p.sh - p.pt;
      const int64_t at = (plane * p.oh + y) * w.out_row;
      w.residual = residual == nullptr ? nullptr : residual + at;
      w.out = out + at;
      set_rows(p, y0, pair ? p.kh + p.sh : p.kh, &w);
      if (p.tile != 0) {
        tiles(p, f, w, from + y0 * p.w * 16, pair);
      } else {
        pixels(p, f, w, from, y0);
      }
      y += pair ? 2 : 1;
    }
  });
}

}  // namespace
}  // namespace bf16

void bf16_depthwise_run(const KernelArgs& args) {
  bf16::depthwise(args);
}

}  // namespace poacl
