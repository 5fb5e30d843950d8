// The code of bf16_pool.h: the rows of a window are combined first, column by column, since
// neighbouring windows share columns.
#include "kernels/bf16/bf16_vec.h"
// The vector header comes first.
#include "kernels/bf16/bf16_pool.h"
#include "kernels/pool/pool_blocked.h"

namespace poacl {
namespace bf16 {
namespace {

constexpr int64_t kColumns = 128;  // combined at a time

// Not-a-number on either side stays.
struct Largest {
  static Vec of(Vec best, Vec v) { return vnan_or(v, vat_least(best, v)); }
};
struct Sum {
  static Vec of(Vec sum, Vec v) { return vadd(sum, v); }
};

template <typename Combine>
void combine_rows(const uint16_t* corner, int64_t rows, int64_t row_step, int64_t columns,
                  float* out) {
  for (int64_t j = 0; j < columns; ++j) {
    const uint16_t* at = corner + j * 16;
    Vec v = load(at);
    for (int64_t i = 1; i < rows; ++i) v = Combine::of(v, load(at + i * row_step));
    vstore(out + j * 16, v);
  }
}

struct Row {
  const uint16_t* image;
  int64_t top, bottom;  // rows of the windows inside the image
  int64_t counted;      // rows of theirs that averages count
  uint16_t* out;
};

// Output columns [begin, end), whose windows reach over no more than kColumns columns.
template <typename Combine>
void pool_columns(const PoolGeometry& g, const Row& r, int64_t begin, int64_t end) {
  float memory[kColumns * 16];
  const int64_t first = most(begin * g.sw - g.pl, 0);
  const int64_t last = least((end - 1) * g.sw - g.pl + g.kw, g.w);
  combine_rows<Combine>(r.image + (r.top * g.w + first) * 16, r.bottom - r.top, g.w * 16,
                        last - first, memory);
  for (int64_t x = begin; x < end; ++x) {
    const int64_t x0 = x * g.sw - g.pl;
    const int64_t left = most(x0, 0);
    const int64_t right = least(x0 + g.kw, g.w);
    const float* at = memory + (left - first) * 16;
    Vec v = vload(at);
    for (int64_t j = 1; j < right - left; ++j) v = Combine::of(v, vload(at + j * 16));
    if (g.average) {
      const int64_t cells = g.exclusive ? (r.bottom - r.top) * (right - left)
                                        : r.counted * least(g.kw, g.w + g.pr - x0);
      v = vdiv(v, vset1(static_cast<float>(cells)));
    }
    store(r.out + x * 16, v);
  }
}

// One pixel, windows of any size.
template <typename Combine>
void pool_pixel(const PoolGeometry& g, const Row& r, int64_t x) {
  const int64_t x0 = x * g.sw - g.pl;
  const int64_t left = most(x0, 0);
  const int64_t right = least(x0 + g.kw, g.w);
  Vec v = load(r.image + (r.top * g.w + left) * 16);
  for (int64_t i = r.top; i < r.bottom; ++i) {
    for (int64_t j = left + (i == r.top ? 1 : 0); j < right; ++j) {
      v = Combine::of(v, load(r.image + (i * g.w + j) * 16));
    }
  }
  if (g.average) {
    const int64_t cells = g.exclusive ? (r.bottom - r.top) * (right - left)
                                      : r.counted * least(g.kw, g.w + g.pr - x0);
    v = vdiv(v, vset1(static_cast<float>(cells)));
  }
  store(r.out + x * 16, v);
}

template <typename Combine>
void pool_row(const PoolGeometry& g, const uint16_t* image, int64_t y, uint16_t* out) {
  const int64_t y0 = y * g.sh - g.pt;
  const Row r = {image, most(y0, 0), least(y0 + g.kh, g.h), least(g.kh, g.h + g.pb - y0), out};
  const int64_t outputs = g.kw > kColumns ? 0 : (kColumns - g.kw) / g.sw + 1;
  if (outputs == 0) {
    for (int64_t x = 0; x < g.ow; ++x) pool_pixel<Combine>(g, r, x);
    return;
  }
  for (int64_t x = 0; x < g.ow; x += outputs) {
    pool_columns<Combine>(g, r, x, least(x + outputs, g.ow));
  }
}

// The whole image in one window; `channels` floats in plain order.
template <typename Combine>
void pool_plane(const PoolGeometry& g, const uint16_t* image, int64_t channels, float* out) {
  const int64_t cells = g.h * g.w;
  Vec even = load(image);
  int64_t i = 1;
  if (cells > 1) {
    Vec odd = load(image + 16);
    for (i = 2; i + 2 <= cells; i += 2) {
      even = Combine::of(even, load(image + i * 16));
      odd = Combine::of(odd, load(image + (i + 1) * 16));
    }
    even = Combine::of(even, odd);
  }
  for (; i < cells; ++i) even = Combine::of(even, load(image + i * 16));
  if (g.average) even = vdiv(even, vset1(static_cast<float>(cells)));
  _mm512_mask_storeu_ps(out, first_lanes(channels), even);
}

template <typename Combine>
void pool(const PoolBlockedParams& p, const KernelArgs& args) {
  const PoolGeometry& g = p.g;
  const auto* in = static_cast<const uint16_t*>(args.inputs[0]);
  if (p.global) {
    auto* out = static_cast<float*>(args.outputs[0]);
    (*args.parallel)(g.n * p.blocks, [&](int64_t plane, int) {
      const int64_t n = plane / p.blocks;
      const int64_t block = plane % p.blocks;
      pool_plane<Combine>(g, in + plane * g.h * g.w * 16, block + 1 == p.blocks ? p.tail : 16,
                          out + n * g.c + block * 16);
    });
    return;
  }
  auto* out = static_cast<uint16_t*>(args.outputs[0]);
  const int64_t bands = (g.oh + p.band - 1) / p.band;
  (*args.parallel)(g.n * p.blocks * bands, [&](int64_t chunk, int) {
    const int64_t plane = chunk / bands;
    const int64_t first = chunk % bands * p.band;
    const int64_t last = least(first + p.band, g.oh);
    for (int64_t y = first; y < last; ++y) {
      pool_row<Combine>(g, in + plane * g.h * g.w * 16, y, out + (plane * g.oh + y) * g.ow * 16);
    }
  });
}

}  // namespace
}  // namespace bf16

void bf16_pool_run(const KernelArgs& args) {
  const auto& p = *static_cast<const PoolBlockedParams*>(args.params);
  p.g.average ? bf16::pool<bf16::Sum>(p, args) : bf16::pool<bf16::Largest>(p, args);
}

}  // namespace poacl
