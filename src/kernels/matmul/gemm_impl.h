// The code of gemm.h, in the namespace of the including unit's ISA and for one kind of products:
// include after a header gemm_products*.h.
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
  const float* next = nullptr;  // what to bring into the second-level cache, a line every few steps
};

constexpr int64_t kStepsPerLine = 4;
// Rounding errors grow with the length of a sum: after so many steps a new one is begun.
constexpr int64_t kStepsPerSum = 256;

template <int G>
POACL_INLINE void prefetch_ahead(const float* p) {
  POACL_UNROLL
  for (int i = 0; i < G * kLanes; i += 16) vprefetch(p + i);
}

// `Steps` of k.
template <class Products, int P, int G, int Steps>
POACL_INLINE void gemm_steps(const float* a, const float* b, Vec (&acc)[P][G]) {
  POACL_UNROLL
  for (int s = 0; s < Steps; ++s, a += P, b += G * kLanes) {
    prefetch_ahead<G>(b + 32 * G * kLanes);
    vprefetch(a + 32 * P);
    Vec w[G];
    POACL_UNROLL
    for (int g = 0; g < G; ++g) w[g] = vload(b + g * kLanes);
    POACL_UNROLL
    for (int p = 0; p < P; ++p) {
      const Vec v = vset1(a[p]);
      POACL_UNROLL
      for (int g = 0; g < G; ++g) acc[p][g] = Products::multiply_add(v, w[g], acc[p][g]);
    }
  }
}

template <class Products, int P, int G>
void gemm_tile(int64_t steps, const float* a, const float* b, const GemmTarget& t) {
  Vec acc[P][G];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const Vec start = t.bias == nullptr ? vzero() : vload(t.bias + g * kLanes);
    POACL_UNROLL
    for (int p = 0; p < P; ++p) acc[p][g] = start;
  }
  const float* next = t.next == nullptr ? b : t.next;
  float sums[P][G][kLanes];
  int64_t i = 0;
  for (int64_t end = kStepsPerSum; i + kStepsPerLine <= steps; end += kStepsPerSum) {
    if (i != 0) {
      POACL_UNROLL
      for (int p = 0; p < P; ++p) {
        POACL_UNROLL
        for (int g = 0; g < G; ++g) {
          float* sum = sums[p][g];
          vstore(sum, i == kStepsPerSum ? acc[p][g] : vadd(vload(sum), acc[p][g]));
          acc[p][g] = vzero();
        }
      }
    }
    for (; i + kStepsPerLine <= steps && i < end; i += kStepsPerLine, next += 16) {
      __builtin_prefetch(next, 0, 2);
      gemm_steps<Products, P, G, kStepsPerLine>(a, b, acc);
      a += kStepsPerLine * P, b += kStepsPerLine * G * kLanes;
    }
  }
  if (i > kStepsPerSum) {
    POACL_UNROLL
    for (int p = 0; p < P; ++p) {
      POACL_UNROLL
      for (int g = 0; g < G; ++g) acc[p][g] = vadd(vload(sums[p][g]), acc[p][g]);
    }
  }
  for (; i < steps; ++i, a += P, b += G * kLanes) gemm_steps<Products, P, G, 1>(a, b, acc);
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

template <class Products, int P = kTile>
GemmTileFn find_gemm_tile(int64_t rows, bool pair) {
  if constexpr (P == 0) {
    return nullptr;
  } else {
    if (rows != P) return find_gemm_tile<Products, P - 1>(rows, pair);
    return pair ? gemm_tile<Products, P, 2> : gemm_tile<Products, P, 1>;
  }
}

// The tile on whole columns goes straight to y; one that sticks out goes through a buffer.
template <class Products>
void gemm_store(const GemmParams& p, const float* a, const float* b, const float* bias,
                const float* residual, float* y, int64_t rows, int64_t first, int64_t width,
                const float* next) {
  const int64_t n = p.g.n;
  const GemmTileFn tile = find_gemm_tile<Products>(rows, width == 2 * kLanes);
  const int64_t valid = n - first < width ? n - first : width;
  float edge[kTile * 2 * kLanes];
  float edge_residual[kTile * 2 * kLanes];
  GemmTarget t{bias == nullptr ? nullptr : bias + first, residual, n, y, n, p.low, p.high, next};
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
  tile(p.steps, a, b, t);
  if (p.activation.kind != ActivationKind::kNone) {
    for (int64_t r = 0; r < rows; ++r) {
      Products::activate(t.out + r * t.out_step, width / kLanes, p.activation);
    }
  }
  if (whole) return;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < valid; ++j) y[r * n + j] = edge[r * width + j];
  }
}

// Rows [first, first + rows) of x1.
template <class Products>
void pack_rows(const GemmParams& p, const float* x1, int64_t first, int64_t rows, float* dst) {
  const MatMulGeometry& g = p.g;
  const int64_t row_step = g.transpose_x1 ? 1 : g.k;
  Products::pack(x1 + first * row_step, row_step, g.transpose_x1 ? g.m : 1, rows, rows, g.k, dst);
}

// Columns [first, first + width) of x2.
template <class Products>
void pack_columns(const GemmParams& p, const float* x2, int64_t first, int64_t width, float* dst) {
  const MatMulGeometry& g = p.g;
  const int64_t column_step = g.transpose_x2 ? g.k : 1;
  Products::pack(x2 + first * column_step, column_step, g.transpose_x2 ? 1 : g.n,
                 g.n - first < width ? g.n - first : width, width, g.k, dst);
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
template <class Products>
void gemm_prepare(const GemmParams& p, const KernelArgs& args) {
  auto* scratch = reinterpret_cast<float*>(args.scratch);
  const MatMulGeometry& g = p.g;
  const int64_t tiles = (g.m + p.row_tile - 1) / p.row_tile;
  const int64_t x1_jobs = p.x1_in_place ? 0 : p.x1_matrices * tiles;
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
      const int64_t matrix = job / tiles;
      pack_rows<Products>(p, x1 + matrix * g.m * g.k, first, gemm_min(p.row_tile, g.m - first),
                          scratch + p.x1_offset + (matrix * g.m + first) * p.steps);
    } else {
      const int64_t matrix = (job - x1_jobs) / panels;
      const int64_t first = (job - x1_jobs) % panels * 2 * kLanes;
      pack_columns<Products>(p, x2 + matrix * g.k * g.n, first, panel_width(g.n, first, kLanes),
                             scratch + p.x2_offset + (matrix * p.padded_n + first) * p.steps);
    }
  });
}

template <class Products>
void gemm_run(const KernelArgs& args) {
  const auto& p = *static_cast<const GemmParams*>(args.params);
  const MatMulGeometry& g = p.g;
  gemm_prepare<Products>(p, args);
  const auto* scratch = reinterpret_cast<const float*>(args.scratch);
  const float* x1 =
      p.x1_in_place ? static_cast<const float*>(args.inputs[0]) : scratch + p.x1_offset;
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
  // Neighbouring chunks share their rows.
  (*args.parallel)(g.batch * panel_chunks * tile_chunks, [&](int64_t chunk, int) {
    const int64_t panel_begin = chunk % panel_chunks * p.panel_chunk;
    const int64_t tile_begin = chunk / panel_chunks % tile_chunks * p.tile_chunk;
    const int64_t index = chunk / tile_chunks / panel_chunks;
    const float* a = x1 + gemm_matrix(g, index, g.x1_stride) * g.m * p.steps;
    const float* b = x2 + gemm_matrix(g, index, g.x2_stride) * p.padded_n * p.steps;
    const int64_t tile_end = gemm_min(tile_begin + p.tile_chunk, tiles);
    const int64_t panel_end = gemm_min(panel_begin + p.panel_chunk, panels);
    for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
      const int64_t first = panel * 2 * kLanes;
      const float* columns = b + first * p.steps;
      for (int64_t t = tile_begin; t < tile_end; ++t) {
        const int64_t row = t * p.row_tile;
        const int64_t at = (index * g.m + row) * g.n + first;
        // Meanwhile the first tiles bring a share each of the next panel.
        const int64_t fetched = (t - tile_begin) * (p.steps / kStepsPerLine) * 16;
        const bool fetch = panel + 1 < panels && fetched < 2 * kLanes * p.steps;
        gemm_store<Products>(
            p, a + row * p.steps, columns, bias, residual == nullptr ? nullptr : residual + at,
            y + at, gemm_min(p.row_tile, g.m - row), first, panel_width(g.n, first, kLanes),
            fetch ? columns + 2 * kLanes * p.steps + fetched : nullptr);
      }
    }
  });
}

}  // namespace poacl::POACL_SIMD
