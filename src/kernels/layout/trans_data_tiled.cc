// Four-byte elements between plain order and channel blocks, in tiles of 4 x 4.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "kernels/layout/layout_kernels.h"
#include "kernels/layout/trans_data_geometry.h"

namespace poacl {
namespace {

constexpr int64_t kTileCells = 1024;  // cells of one chunk, times a channel block

struct TiledParams {
  TransDataGeometry g;
  int64_t blocks;  // channel blocks of an image, in units of the larger block
  int64_t block;   // the larger block
  int64_t parts;   // chunks of one image's block
};

typedef float Float4 __attribute__((vector_size(16)));

Float4 load4(const float* p) {
  Float4 v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}
void store4(float* p, Float4 v) {
  std::memcpy(p, &v, sizeof(v));
}

// Bits are moved, never computed with, so any four-byte type passes.
void transpose4(const float* const src[4], float* const dst[4]) {
  const Float4 a = load4(src[0]);
  const Float4 b = load4(src[1]);
  const Float4 c = load4(src[2]);
  const Float4 d = load4(src[3]);
  const Float4 ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Float4 ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Float4 cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Float4 cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store4(dst[0], __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
  store4(dst[1], __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  store4(dst[2], __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
  store4(dst[3], __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

// `channels` planes of `inner` cells <-> cells of `block` channels, for cells [begin, end).
void to_block(const float* src, int64_t inner, int64_t channels, int64_t block, int64_t begin,
              int64_t end, float* dst) {
  static constexpr float kZeros[4] = {};
  for (int64_t c = 0; c < block; c += 4) {
    int64_t i = begin;
    for (; i + 4 <= end; i += 4) {
      const float* from[4];
      float* to[4];
      for (int64_t j = 0; j < 4; ++j) {
        from[j] = c + j < channels ? src + (c + j) * inner + i : kZeros;
        to[j] = dst + (i + j) * block + c;
      }
      transpose4(from, to);
    }
    for (; i < end; ++i) {
      for (int64_t j = c; j < c + 4; ++j) {
        const float* from = j < channels ? src + j * inner + i : kZeros;
        std::memcpy(dst + i * block + j, from, sizeof(float));
      }
    }
  }
}

void from_block(const float* src, int64_t inner, int64_t channels, int64_t block, int64_t begin,
                int64_t end, float* dst) {
  for (int64_t c = 0; c < channels; c += 4) {
    int64_t i = begin;
    for (; c + 4 <= channels && i + 4 <= end; i += 4) {
      const float* from[4];
      float* to[4];
      for (int64_t j = 0; j < 4; ++j) {
        from[j] = src + (i + j) * block + c;
        to[j] = dst + (c + j) * inner + i;
      }
      transpose4(from, to);
    }
    for (; i < end; ++i) {
      for (int64_t j = c; j < std::min(c + 4, channels); ++j) {
        std::memcpy(dst + j * inner + i, src + i * block + j, sizeof(float));
      }
    }
  }
}

// Between blocks of 8 and 16. `half` is false where the second block of 8 does not exist.
void reblock(const float* src, int64_t inner, bool to_large, bool half, int64_t begin, int64_t end,
             float* dst) {
  constexpr size_t kBytes = 8 * sizeof(float);
  for (int64_t i = begin; i < end; ++i) {
    if (to_large) {
      std::memcpy(dst + i * 16, src + i * 8, kBytes);
      if (half) {
        std::memcpy(dst + i * 16 + 8, src + (inner + i) * 8, kBytes);
      } else {
        std::memset(dst + i * 16 + 8, 0, kBytes);
      }
    } else {
      std::memcpy(dst + i * 8, src + i * 16, kBytes);
      if (half) std::memcpy(dst + (inner + i) * 8, src + i * 16 + 8, kBytes);
    }
  }
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  TiledParams p{};
  POACL_ASSIGN_OR_RETURN(p.g, trans_data_geometry(op));
  if (!keeps_width(p.g)) return declined("elements change their width");
  if (p.g.element != 4 || p.g.src_block == p.g.dst_block || p.g.n == 0) {
    return declined(fmt::format("{}-byte elements from blocks of {} to {}", p.g.element,
                                p.g.src_block, p.g.dst_block));
  }
  p.block = std::max(p.g.src_block, p.g.dst_block);
  p.blocks = (p.g.c + p.block - 1) / p.block;
  p.parts = (p.g.inner + kTileCells - 1) / kTileCells;
  plan->set_params(p);
  plan->input_layouts = {static_cast<Layout>(op.attrs->get_int("src_layout"))};
  plan->output_layouts = {static_cast<Layout>(op.attrs->get_int("dst_layout"))};
  return {};
}

// Offset of channel `c` of image `n` in blocks of `size`.
int64_t offset(const TransDataGeometry& g, int64_t size, int64_t n, int64_t c) {
  return (n * ((g.c + size - 1) / size) * size + c) * g.inner;
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<TiledParams>();
  const TransDataGeometry& g = p.g;
  const auto* src = static_cast<const float*>(args.inputs[0]);
  auto* dst = static_cast<float*>(args.outputs[0]);
  (*args.parallel)(g.n * p.blocks * p.parts, [&](int64_t chunk, int) {
    const int64_t begin = chunk % p.parts * kTileCells;
    const int64_t end = std::min(begin + kTileCells, g.inner);
    const int64_t n = chunk / p.parts / p.blocks;
    const int64_t c = chunk / p.parts % p.blocks * p.block;
    const int64_t channels = std::min(p.block, g.c - c);
    const float* from = src + offset(g, g.src_block, n, c);
    float* to = dst + offset(g, g.dst_block, n, c);
    if (g.src_block == 1) {
      to_block(from, g.inner, channels, p.block, begin, end, to);
    } else if (g.dst_block == 1) {
      from_block(from, g.inner, channels, p.block, begin, end, to);
    } else {
      reblock(from, g.inner, g.dst_block == 16, channels > 8, begin, end, to);
    }
  });
}

}  // namespace

const KernelImpl kTransDataTiled = {"TransData", "trans_data.tiled", Isa::kGeneric, plan, nullptr,
                                    run};

}  // namespace poacl
