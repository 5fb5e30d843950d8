// The code of gemm.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/matmul/gemm.h"
#include "kernels/matmul/gemm_pack.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

// Where a tile's result goes; steps in floats.
struct GemmTarget {
  const float* bias;      // may be null
  const float* residual;  // may be null
  int64_t residual_step;
  float* out;
  int64_t out_step;
  float low, high;
};

template <int P, int G>
void gemm_tile(int64_t k, const float* a, const float* b, const GemmTarget& t) {
  Vec acc[P][G];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const Vec start = t.bias == nullptr ? vzero() : vload(t.bias + g * kLanes);
    POACL_UNROLL
    for (int p = 0; p < P; ++p) acc[p][g] = start;
  }
  for (int64_t i = 0; i < k; ++i, a += P, b += G * kLanes) {
    POACL_UNROLL
    for (int g = 0; g < G * kLanes; g += 16) vprefetch(b + 32 * G * kLanes + g);
    Vec w[G];
    POACL_UNROLL
    for (int g = 0; g < G; ++g) w[g] = vload(b + g * kLanes);
    POACL_UNROLL
    for (int p = 0; p < P; ++p) {
      const Vec v = vset1(a[p]);
      POACL_UNROLL
      for (int g = 0; g < G; ++g) acc[p][g] = vfma(v, w[g], acc[p][g]);
    }
  }
  const Vec low = vset1(t.low);
  const Vec high = vset1(t.high);
  POACL_UNROLL
  for (int p = 0; p < P; ++p) {
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      Vec v = acc[p][g];
      if (t.residual != nullptr) {
        v = vadd(v, vload(t.residual + p * t.residual_step + g * kLanes));
      }
      vstore(t.out + p * t.out_step + g * kLanes, vat_most(vat_least(v, low), high));
    }
  }
}

using GemmTileFn = void (*)(int64_t, const float*, const float*, const GemmTarget&);

template <int P>
GemmTileFn find_gemm_tile(int64_t rows, bool pair) {
  if constexpr (P == 0) {
    return nullptr;
  } else {
    if (rows != P) return find_gemm_tile<P - 1>(rows, pair);
    return pair ? gemm_tile<P, 2> : gemm_tile<P, 1>;
  }
}

// The tile on whole columns goes straight to y; one that sticks out goes through a buffer.
static void gemm_store(const GemmParams& p, const float* a, const float* b, const float* bias,
                       const float* residual, float* y, int64_t rows, int64_t first,
                       int64_t width) {
  const int64_t n = p.g.n;
  const GemmTileFn tile = find_gemm_tile<kTile>(rows, width == 2 * kLanes);
  const int64_t valid = n - first < width ? n - first : width;
  float edge[kTile * 2 * kLanes];
  float edge_residual[kTile * 2 * kLanes];
  GemmTarget t{bias == nullptr ? nullptr : bias + first, residual, n, y, n, p.low, p.high};
  const bool whole = valid == width;
  if (!whole) {
    t.out = edge;
    t.out_step = width;
    if (residual != nullptr) {
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t j = 0; j < width; ++j) {
          edge_residual[r * width + j] = j < valid ? residual[r * n + j] : 0.0f;
        }
      }
      t.residual = edge_residual;
      t.residual_step = width;
    }
  }
  tile(p.g.k, a, b, t);
  if (p.activation.kind != ActivationKind::kNone) {
    for (int64_t r = 0; r < rows; ++r) {
      activate_vectors(t.out + r * t.out_step, width / kLanes, p.activation.kind,
                       p.activation.alpha, p.activation.beta);
    }
  }
  if (whole) return;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < valid; ++j) y[r * n + j] = edge[r * width + j];
  }
}

// Rows [first, first + rows) of x1 as [k][rows].
static void pack_rows(const GemmParams& p, const float* x1, int64_t first, int64_t rows,
                      float* dst) {
  const int64_t k = p.g.k;
  const int64_t row_step = p.g.transpose_x1 ? 1 : k;
  const int64_t col_step = p.g.transpose_x1 ? p.g.m : 1;
  const float* src = x1 + first * row_step;
  for (int64_t i = 0; i < k; ++i, src += col_step, dst += rows) {
    for (int64_t r = 0; r < rows; ++r) dst[r] = src[r * row_step];
  }
}

POACL_INLINE int64_t gemm_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

POACL_INLINE int64_t gemm_matrix(const MatMulGeometry& g, int64_t index, const int64_t* strides) {
  int64_t at = 0;
  for (int d = g.batch_rank - 1; d >= 0; --d) {
    at += index % g.batch_dims[d] * strides[d];
    index /= g.batch_dims[d];
  }
  return at;
}

// What is not packed yet, into scratch.
static void gemm_prepare(const GemmParams& p, const KernelArgs& args) {
  auto* scratch = reinterpret_cast<float*>(args.scratch);
  const MatMulGeometry& g = p.g;
  const int64_t tiles = (g.m + p.row_tile - 1) / p.row_tile;
  const int64_t x1_jobs = p.row_tile == 1 ? 0 : p.x1_matrices * tiles;
  const int64_t panels = p.padded_n / kLanes / 2 + (p.padded_n / kLanes) % 2;
  const int64_t x2_jobs = p.x2_packed ? 0 : p.x2_matrices * panels;
  const auto* x1 = static_cast<const float*>(args.inputs[0]);
  const auto* x2 = static_cast<const float*>(args.inputs[1]);
  if (g.has_bias && !p.bias_packed) {
    const auto* bias = static_cast<const float*>(args.inputs[2]);
    for (int64_t j = 0; j < p.padded_n; ++j) {
      scratch[p.bias_offset + j] = j < g.n ? bias[j] : 0.0f;
    }
  }
  if (x1_jobs + x2_jobs == 0) return;
  (*args.parallel)(x1_jobs + x2_jobs, [&](int64_t job, int) {
    if (job < x1_jobs) {
      const int64_t first = job % tiles * p.row_tile;
      const int64_t at = job / tiles * g.m * g.k;
      pack_rows(p, x1 + at, first, gemm_min(p.row_tile, g.m - first),
                scratch + p.x1_offset + at + first * g.k);
    } else {
      const int64_t matrix = (job - x1_jobs) / panels;
      const int64_t first = (job - x1_jobs) % panels * 2 * kLanes;
      pack_panel(x2 + matrix * g.k * g.n, g.k, g.n, g.transpose_x2, first,
                 panel_width(g.n, first, kLanes),
                 scratch + p.x2_offset + (matrix * p.padded_n + first) * g.k);
    }
  });
}

[[maybe_unused]] static void gemm_run(const KernelArgs& args) {
  const auto& p = *static_cast<const GemmParams*>(args.params);
  const MatMulGeometry& g = p.g;
  gemm_prepare(p, args);
  const auto* scratch = reinterpret_cast<const float*>(args.scratch);
  const float* x1 =
      p.row_tile == 1 ? static_cast<const float*>(args.inputs[0]) : scratch + p.x1_offset;
  const float* x2 = p.x2_packed ? static_cast<const float*>(args.inputs[1]) : scratch + p.x2_offset;
  const float* bias = !g.has_bias     ? nullptr
                      : p.bias_packed ? static_cast<const float*>(args.inputs[2])
                                      : scratch + p.bias_offset;
  const float* residual = g.has_residual ? static_cast<const float*>(args.inputs[3]) : nullptr;
  auto* y = static_cast<float*>(args.outputs[0]);

  const int64_t tiles = (g.m + p.row_tile - 1) / p.row_tile;
  const int64_t panels = p.padded_n / kLanes / 2 + (p.padded_n / kLanes) % 2;
  const int64_t tile_chunks = (tiles + p.tile_chunk - 1) / p.tile_chunk;
  const int64_t panel_chunks = (panels + p.panel_chunk - 1) / p.panel_chunk;
  // Neighbouring chunks share their panels.
  (*args.parallel)(g.batch * panel_chunks * tile_chunks, [&](int64_t chunk, int) {
    const int64_t tile_begin = chunk % tile_chunks * p.tile_chunk;
    const int64_t panel_begin = chunk / tile_chunks % panel_chunks * p.panel_chunk;
    const int64_t index = chunk / tile_chunks / panel_chunks;
    const float* a = x1 + gemm_matrix(g, index, g.x1_stride) * g.m * g.k;
    const float* b = x2 + gemm_matrix(g, index, g.x2_stride) * p.padded_n * g.k;
    const int64_t tile_end = gemm_min(tile_begin + p.tile_chunk, tiles);
    const int64_t panel_end = gemm_min(panel_begin + p.panel_chunk, panels);
    for (int64_t t = tile_begin; t < tile_end; ++t) {
      const int64_t row = t * p.row_tile;
      for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
        const int64_t first = panel * 2 * kLanes;
        const int64_t at = (index * g.m + row) * g.n + first;
        gemm_store(p, a + row * g.k, b + first * g.k, bias,
                   residual == nullptr ? nullptr : residual + at, y + at,
                   gemm_min(p.row_tile, g.m - row), first, panel_width(g.n, first, kLanes));
      }
    }
  });
}

}  // namespace poacl::POACL_SIMD
