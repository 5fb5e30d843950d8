// The code of gemm.h, in the namespace of the including unit's ISA and for one kind of products:
// include after a header gemm_products*.h.
#pragma once

#include "kernels/matmul/gemm.h"
#include "kernels/matmul/gemm_pack.h"
#include "kernels/matmul/gemm_tile_impl.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

// Activates the results of a tile. One that sticks out comes through a buffer then, since
// activations work on whole vectors.
template <class Products>
void gemm_activated(const GemmParams& p, GemmTileFn tile, const float* a, const float* b,
                    const GemmTarget& t, int64_t rows, int64_t width) {
  if (t.last == kLanes) {
    tile(p.steps, a, b, t);
    for (int64_t r = 0; r < rows; ++r) {
      Products::activate(t.out + r * t.out_step, width / kLanes, p.activation);
    }
    return;
  }
  const int64_t valid = width - kLanes + t.last;
  float edge[kTile * 2 * kLanes];
  float edge_residual[kTile * 2 * kLanes];
  GemmTarget to_edge = t;
  to_edge.out = edge;
  to_edge.out_step = width;
  to_edge.last = kLanes;
  if (t.residual != nullptr) {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t j = 0; j < width; ++j) {
        edge_residual[r * width + j] = j < valid ? t.residual[r * t.residual_step + j] : 0.0f;
      }
    }
    to_edge.residual = edge_residual;
    to_edge.residual_step = width;
  }
  tile(p.steps, a, b, to_edge);
  for (int64_t r = 0; r < rows; ++r) {
    Products::activate(edge + r * width, width / kLanes, p.activation);
    for (int64_t j = 0; j < valid; ++j) t.out[r * t.out_step + j] = edge[r * width + j];
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

POACL_INLINE int64_t gemm_panels(const GemmParams& p) {
  return (p.padded_n / kLanes + 1) / 2;
}

// Packs what all chunks share and is not packed yet.
template <class Products>
void gemm_prepare(const GemmParams& p, const KernelArgs& args) {
  auto* scratch = reinterpret_cast<float*>(args.scratch);
  const MatMulGeometry& g = p.g;
  const int64_t tiles = (g.m + p.row_tile - 1) / p.row_tile;
  const int64_t x1_jobs = p.x1_in_place ? 0 : p.x1_matrices * tiles;
  const int64_t panels = gemm_panels(p);
  const int64_t x2_jobs = p.x2_packed || p.x2_inside ? 0 : p.x2_matrices * panels;
  const auto* x1 = static_cast<const float*>(args.inputs[0]);
  const auto* x2 = static_cast<const float*>(args.inputs[1]);
  if (g.has_bias && !p.bias_packed) {
    const auto* bias = static_cast<const float*>(args.inputs[2]);
    for (int64_t j = 0; j < p.padded_n; ++j) {
      scratch[p.bias_offset + j] = j < g.n ? bias[j] : 0.0f;
    }
  }
  const int64_t jobs = x1_jobs + x2_jobs;
  if (jobs == 0) return;
  (*args.parallel)((jobs + p.jobs_per_chunk - 1) / p.jobs_per_chunk, [&](int64_t chunk, int) {
    const int64_t end = gemm_min(jobs, (chunk + 1) * p.jobs_per_chunk);
    for (int64_t job = chunk * p.jobs_per_chunk; job < end; ++job) {
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
    }
  });
}

// One matrix of y.
struct GemmMatrix {
  const float* a;         // packed x1, or x1
  const float* b;         // packed x2, or x2 where chunks pack it
  const float* bias;      // may be null
  const float* residual;  // may be null
  float* y;
};

// Rows of tiles [begin, end) in the columns of a panel.
template <class Products>
void gemm_panel(const GemmParams& p, const GemmMatrix& m, const float* columns, int64_t panel,
                int64_t begin, int64_t end, bool fetch_panel, bool first_panel) {
  const MatMulGeometry& g = p.g;
  const int64_t first = panel * 2 * kLanes;
  const int64_t width = panel_width(g.n, first, kLanes);
  const int64_t missing = first + width - g.n;
  GemmTarget t{
      m.bias == nullptr ? nullptr : m.bias + first, nullptr, g.n, nullptr, g.n, p.low, p.high};
  t.x1_step = g.k;
  t.last = missing > 0 ? kLanes - missing : kLanes;
  GemmTileFn tile = nullptr;
  int64_t rows = 0;
  const int64_t lines = p.x1_in_place ? (p.row_tile + 3) / 4 : 1;
  const int64_t share = p.steps / kStepsPerLine * lines * 16;
  for (int64_t i = begin; i < end; ++i) {
    const int64_t row = i * p.row_tile;
    const int64_t now = gemm_min(p.row_tile, g.m - row);
    if (now != rows) {
      rows = now;
      if constexpr (Products::kGroup == 1) {
        tile = p.x1_in_place ? find_gemm_tile<Products, true>(rows, width == 2 * kLanes)
                             : find_gemm_tile<Products>(rows, width == 2 * kLanes);
      } else {
        tile = find_gemm_tile<Products>(rows, width == 2 * kLanes);
      }
    }
    const float* a = m.a + row * p.steps;
    const int64_t fetched = (i - begin) * share;
    if (p.x1_in_place && first_panel && i + 1 < end) {
      t.next = a + p.row_tile * p.steps;
    } else if (fetch_panel && fetched < width * p.steps) {
      // The first tiles bring a share each of the next panel.
      t.next = columns + width * p.steps + fetched;
    } else {
      t.next = nullptr;
    }
    const int64_t at = row * g.n + first;
    t.out = m.y + at;
    if (m.residual != nullptr) t.residual = m.residual + at;
    if (p.activation.kind == ActivationKind::kNone) {
      tile(p.steps, a, columns, t);
    } else {
      gemm_activated<Products>(p, tile, a, columns, t, rows, width);
    }
  }
}

template <class Products>
void gemm_run(const KernelArgs& args) {
  const auto& p = *static_cast<const GemmParams*>(args.params);
  const MatMulGeometry& g = p.g;
  gemm_prepare<Products>(p, args);
  auto* scratch = reinterpret_cast<float*>(args.scratch);
  const float* x1 =
      p.x1_in_place ? static_cast<const float*>(args.inputs[0]) : scratch + p.x1_offset;
  const bool x2_there = p.x2_packed || p.x2_inside;
  const float* x2 = x2_there ? static_cast<const float*>(args.inputs[1]) : scratch + p.x2_offset;
  const int64_t x2_size = p.x2_inside ? g.k * g.n : p.padded_n * p.steps;
  const float* bias = !g.has_bias     ? nullptr
                      : p.bias_packed ? static_cast<const float*>(args.inputs[2])
                                      : scratch + p.bias_offset;
  const float* residual = g.has_residual ? static_cast<const float*>(args.inputs[3]) : nullptr;
  auto* y = static_cast<float*>(args.outputs[0]);

  const int64_t tiles = (g.m + p.row_tile - 1) / p.row_tile;
  const int64_t panels = gemm_panels(p);
  const int64_t tile_chunks = (tiles + p.tile_chunk - 1) / p.tile_chunk;
  const int64_t panel_chunks = (panels + p.panel_chunk - 1) / p.panel_chunk;
  const int64_t items = g.batch * panel_chunks * tile_chunks;
  // Neighbouring items share their rows.
  const auto run_item = [&](int64_t item, int worker) {
    const int64_t panel_begin = item % panel_chunks * p.panel_chunk;
    const int64_t tile_begin = item / panel_chunks % tile_chunks * p.tile_chunk;
    const int64_t index = item / tile_chunks / panel_chunks;
    const int64_t at = index * g.m * g.n;
    const GemmMatrix m{x1 + gemm_matrix(g, index, g.x1_stride) * g.m * p.steps,
                       x2 + gemm_matrix(g, index, g.x2_stride) * x2_size, bias,
                       residual == nullptr ? nullptr : residual + at, y + at};
    const int64_t tile_end = gemm_min(tile_begin + p.tile_chunk, tiles);
    const int64_t panel_end = gemm_min(panel_begin + p.panel_chunk, panels);
    for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
      const int64_t first = panel * 2 * kLanes;
      const float* columns = m.b + first * p.steps;
      if (p.x2_inside) {
        float* packed = scratch + p.x2_offset + worker * 2 * kLanes * p.steps;
        pack_columns<Products>(p, m.b, first, panel_width(g.n, first, kLanes), packed);
        columns = packed;
      }
      gemm_panel<Products>(p, m, columns, panel, tile_begin, tile_end,
                           !p.x2_inside && panel + 1 < panels, panel == panel_begin);
    }
  };
  (*args.parallel)((items + p.items_per_chunk - 1) / p.items_per_chunk,
                   [&](int64_t chunk, int worker) {
                     const int64_t end = gemm_min(items, (chunk + 1) * p.items_per_chunk);
                     for (int64_t i = chunk * p.items_per_chunk; i < end; ++i) run_item(i, worker);
                   });
}

}  // namespace poacl::POACL_SIMD
