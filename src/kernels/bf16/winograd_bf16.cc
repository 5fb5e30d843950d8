// The driver of bf16_winograd.h.
#include "kernels/bf16/bf16_vec.h"
// The vector header comes first: tile and transforms are written in its terms.
#include "kernels/bf16/bf16_conv_tile.h"
#include "kernels/bf16/bf16_winograd.h"
#include "kernels/bf16/bf16_winograd_transform.h"

namespace poacl {
namespace bf16 {
namespace {

constexpr int64_t kMatrices = 16;

// Register tile: sums of Q tiles and G output blocks as floats.
using ProductFn = void (*)(const Steps& s, const uint16_t* in, const uint16_t* weights, Ahead ahead,
                           const float* bias, int64_t block_step, float* out);

template <int Q, int G>
void product_tile(const Steps& s, const uint16_t* in, const uint16_t* weights, Ahead ahead,
                  const float* bias, int64_t block_step, float* out) {
  Vec acc[Q][G];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const Vec start = bias == nullptr ? vzero() : vload(bias + g * 16);
    POACL_UNROLL
    for (int q = 0; q < Q; ++q) acc[q][g] = start;
  }
  sum_products<Q, 1, G, 16>(s, in, weights, ahead, acc);
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    POACL_UNROLL
    for (int q = 0; q < Q; ++q) vstore(out + g * block_step + q * 16, acc[q][g]);
  }
}

template <int Q>
ProductFn find_product(int64_t tiles, bool pair) {
  if constexpr (Q == 0) {
    return nullptr;
  } else {
    if (tiles != Q) return find_product<Q - 1>(tiles, pair);
    return pair ? product_tile<Q, 2> : product_tile<Q, 1>;
  }
}

struct Run {
  const Bf16WinogradParams& p;
  const uint16_t* in;
  const uint16_t* filter;
  const float* bias;
  const uint16_t* residual;
  uint16_t* out;
  Finish finish;
};

// Tiles [begin, end) of the batch, transformed: [matrix][input block][tile][channel].
struct Block {
  int64_t begin, end;
  uint16_t* tiles;
};

void transform_input(const Run& r, const Block& b, int64_t block) {
  const Bf16WinogradParams& p = r.p;
  uint16_t* to = b.tiles + block * p.tile_block * 16;
  for (int64_t tile = b.begin; tile < b.end;) {
    const int64_t in_image = tile % (p.tile_rows * p.tile_cols);
    const int64_t image = tile / (p.tile_rows * p.tile_cols);
    const int64_t col = in_image % p.tile_cols;
    const uint16_t* plane = r.in + (image * p.in_blocks + block) * p.h * p.w * 16;
    const int64_t y = in_image / p.tile_cols * 2 - p.pt;
    const int64_t x = col * 2 - p.pl;
    const int64_t count = col + 1 < p.tile_cols && tile + 1 < b.end ? 2 : 1;
    const bool inside = y >= 0 && x >= 0 && y + 4 <= p.h && x + 2 * count + 2 <= p.w;
    if (count == 2) {
      if (inside) {
        transform_tiles<2, true>(plane, y, x, p.h, p.w, to, p.matrix_step);
      } else {
        transform_tiles<2, false>(plane, y, x, p.h, p.w, to, p.matrix_step);
      }
    } else {
      transform_tiles<1, false>(plane, y, x, p.h, p.w, to, p.matrix_step);
    }
    tile += count;
    to += count * 16;
  }
}

// Products of the output blocks [first, first + width): [matrix][block][tile][channel].
void multiply(const Run& r, const Block& b, int64_t first, int64_t width, float* products) {
  const Bf16WinogradParams& p = r.p;
  const int64_t words = (p.in_blocks - 1) * 8 + p.last_words;
  const int64_t tiles = b.end - b.begin;
  const int64_t block_step = p.tile_block * 16;
  const Steps steps = {p.in_blocks, 1, 1, 8, p.last_words, block_step, 0, 0, 0, 16};
  const uint16_t* weights = r.filter + first * kMatrices * words * 32;
  for (int64_t x = 0; x < kMatrices; ++x, weights += width * words * 32) {
    // Point (1, 1) is added to all four results, and so is a bias there.
    const float* bias = x == 5 && r.bias != nullptr ? r.bias + first * 16 : nullptr;
    // Meanwhile the next matrix is fetched, a part by every register tile.
    Ahead ahead = {weights + width * words * 32, width * 32 * p.col_tile / p.tile_block};
    for (int64_t t = 0; t < tiles; t += p.col_tile) {
      find_product<kPixels>(least(p.col_tile, tiles - t), width == 2)(
          steps, b.tiles + x * p.matrix_step + t * 16, weights, ahead, bias, block_step,
          products + x * 2 * block_step + t * 16);
      ahead.at += words * ahead.step;
    }
  }
}

void transform_output(const Run& r, const Block& b, int64_t block, const float* products) {
  const Bf16WinogradParams& p = r.p;
  const int64_t channels = block + 1 == p.out_blocks ? p.tail : 16;
  for (int64_t tile = b.begin; tile < b.end; ++tile, products += 16) {
    Vec y[2][2];
    transform_back(products, 2 * p.tile_block * 16, y);
    const int64_t in_image = tile % (p.tile_rows * p.tile_cols);
    const int64_t image = tile / (p.tile_rows * p.tile_cols);
    const int64_t row = in_image / p.tile_cols * 2;
    const int64_t col = in_image % p.tile_cols * 2;
    const int64_t plane = (image * p.out_blocks + block) * p.oh * p.ow;
    for (int64_t i = 0; i < 2 && row + i < p.oh; ++i) {
      const int64_t at = (plane + (row + i) * p.ow + col) * 16;
      const uint16_t* residual = r.residual == nullptr ? nullptr : r.residual + at;
      if (col + 2 <= p.ow) {
        store_pixels<2>(r.finish, y[i], channels, residual, r.out + at);
      } else {
        store_pixels<1>(r.finish, y[i], channels, residual, r.out + at);
      }
    }
  }
}

void make_outputs(const Run& r, const Block& b, int64_t first, float* products) {
  const int64_t width = first + 2 <= r.p.out_blocks ? 2 : 1;
  multiply(r, b, first, width, products);
  for (int64_t g = 0; g < width; ++g) {
    transform_output(r, b, first + g, products + g * r.p.tile_block * 16);
  }
}

// Every worker takes blocks of tiles through all steps.
void run_apart(const Run& r, const KernelArgs& args, std::byte* products, int64_t product_bytes) {
  const Bf16WinogradParams& p = r.p;
  const int64_t tiles = p.batch * p.tile_rows * p.tile_cols;
  const int64_t blocks = (tiles + p.tile_block - 1) / p.tile_block;
  (*args.parallel)(blocks, [&](int64_t chunk, int worker) {
    auto* own = reinterpret_cast<uint16_t*>(args.scratch) + worker * kMatrices * p.matrix_step;
    const Block b = {chunk * p.tile_block, least((chunk + 1) * p.tile_block, tiles), own};
    for (int64_t c = 0; c < p.in_blocks; ++c) transform_input(r, b, c);
    for (int64_t o = 0; o < p.out_blocks; o += 2) {
      make_outputs(r, b, o, reinterpret_cast<float*>(products + worker * product_bytes));
    }
  });
}

// All workers share every block of tiles: few tiles under many filters, which are then read once.
void run_together(const Run& r, const KernelArgs& args, std::byte* products,
                  int64_t product_bytes) {
  const Bf16WinogradParams& p = r.p;
  const int64_t tiles = p.batch * p.tile_rows * p.tile_cols;
  for (int64_t begin = 0; begin < tiles; begin += p.tile_block) {
    const Block b = {begin, least(begin + p.tile_block, tiles),
                     reinterpret_cast<uint16_t*>(args.scratch)};
    (*args.parallel)(p.in_blocks, [&](int64_t c, int) { transform_input(r, b, c); });
    (*args.parallel)((p.out_blocks + 1) / 2, [&](int64_t pair, int worker) {
      make_outputs(r, b, pair * 2, reinterpret_cast<float*>(products + worker * product_bytes));
    });
  }
}

void winograd(const KernelArgs& args) {
  const auto& p = *static_cast<const Bf16WinogradParams*>(args.params);
  const Run r = {p,
                 static_cast<const uint16_t*>(args.inputs[0]),
                 static_cast<const uint16_t*>(args.inputs[1]),
                 p.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr,
                 p.has_residual ? static_cast<const uint16_t*>(args.inputs[3]) : nullptr,
                 static_cast<uint16_t*>(args.outputs[0]),
                 {vset1(p.low), vset1(p.high), p.special, p.activation}};
  const int64_t sharers = p.shared ? 1 : args.parallel->width();
  std::byte* products = args.scratch + sharers * kMatrices * p.matrix_step * 2;
  const int64_t product_bytes = kMatrices * p.tile_block * 32 * 4;
  if (p.shared) {
    run_together(r, args, products, product_bytes);
  } else {
    run_apart(r, args, products, product_bytes);
  }
}

}  // namespace
}  // namespace bf16

void bf16_winograd_run(const KernelArgs& args) {
  bf16::winograd(args);
}

}  // namespace poacl
