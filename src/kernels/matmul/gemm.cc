#include "kernels/matmul/gemm.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/half.h"
#include "kernels/matmul/gemm_pack.h"
#include "kernels/matmul/matmul_kernels.h"
#include "kernels/simd/epilogue.h"
#include "kernels/simd/generic_tile.h"

namespace poacl {
namespace {

constexpr int64_t kChunkRows = 256;
constexpr int64_t kChunksPerWorker = 6;
constexpr int64_t kFewTilesPerWorker = 4;
constexpr int64_t kRowsOfOverhead = 2;  // what a tile costs besides its rows
// More panels than these pay for packing x1.
constexpr int64_t kMostPanelsInPlace = 16;
// Rows a multiple of so many floats apart share a set of the first cache, which holds 8 or 12
// lines: fewer rows to a tile then, and sooner packed.
constexpr int64_t kFloatsOfSets = 1024;
constexpr int64_t kMostRowsOfOneSet = 8;
constexpr int64_t kMostPanelsOfOneSet = 4;
// A core's pace where operands are in the caches.
constexpr double kProductsPerNs = 100;
constexpr double kFloatsPerNs = 16;
// Waking another core for less takes longer than doing it; a chunk is worth fetching.
constexpr double kLeastNs = 10e3;
constexpr double kLeastChunkNs = 2e3;
constexpr int64_t kMostScratchFloats = int64_t{1} << 29;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

int64_t matrices(const Dims& dims) {
  return element_count({dims.data(), dims.size() - 2});
}

bool is_constant(const OpInstance& op, size_t i) {
  return i < op.constants.size() && op.constants[i] != nullptr;
}

// A batch of products with one and the same x2 is one product of all rows.
void merge_batch(GemmParams* p) {
  MatMulGeometry& g = p->g;
  if (p->x2_matrices != 1 || g.transpose_x1 || p->x1_matrices != g.batch) return;
  g.m *= g.batch;
  g.batch = 1;
  g.batch_rank = 0;
  p->x1_matrices = 1;
}

// Nanoseconds on one core, roughly.
double expected_ns(const GemmParams& p) {
  const MatMulGeometry& g = p.g;
  const auto rows = static_cast<double>(g.batch * g.m);
  const auto k = static_cast<double>(g.k);
  const double x2 = static_cast<double>(p.x2_matrices * g.k) * static_cast<double>(g.n);
  const double y = rows * static_cast<double>(g.n);
  return rows * k * static_cast<double>(p.padded_n) / kProductsPerNs +
         (static_cast<double>(p.x1_matrices * g.m) * k + x2 + y) / kFloatsPerNs;
}

// Few tiles are dealt out evenly: more of fewer rows may end sooner.
void set_row_tile(int64_t workers, int64_t most, int64_t panels, GemmParams* p) {
  const int64_t least = ceil_div(p->g.m, most);
  p->row_tile = ceil_div(p->g.m, least);
  const int64_t others = p->g.batch * panels;
  if (workers == 1 || least * others > kFewTilesPerWorker * workers) return;
  int64_t best = ceil_div(least * others, workers) * (p->row_tile + kRowsOfOverhead);
  for (int64_t tiles = least + 1; tiles <= least + workers && tiles <= p->g.m; ++tiles) {
    const int64_t rows = ceil_div(p->g.m, tiles);
    const int64_t time =
        ceil_div(ceil_div(p->g.m, rows) * others, workers) * (rows + kRowsOfOverhead);
    if (time < best) best = time, p->row_tile = rows;
  }
}

void set_chunks(int64_t workers, int64_t panels, GemmParams* p) {
  const int64_t tiles = ceil_div(p->g.m, p->row_tile);
  const double expected = expected_ns(*p);
  const bool alone = workers == 1 || expected < kLeastNs;
  p->panel_chunk = panels;
  // So many rows of x1 stay in the caches while all panels pass by.
  p->tile_chunk = std::min(tiles, ceil_div(kChunkRows, p->row_tile));
  const int64_t target = alone ? 1 : workers * kChunksPerWorker;
  const auto chunks = [&] {
    return p->g.batch * ceil_div(panels, p->panel_chunk) * ceil_div(tiles, p->tile_chunk);
  };
  while (chunks() < target && p->panel_chunk > 1 && tiles < 4 * panels) {
    p->panel_chunk = ceil_div(p->panel_chunk, 2);
  }
  if (chunks() < target) {
    p->tile_chunk = std::max<int64_t>(1, p->tile_chunk / ceil_div(target, chunks()));
  }
  const int64_t wanted =
      alone ? 1 : std::max(target, static_cast<int64_t>(expected / kLeastChunkNs));
  p->items_per_chunk = std::max<int64_t>(1, chunks() / wanted);
  if (alone) p->items_per_chunk = chunks();
  // Packing inside takes one item for all rows of a panel.
  const bool once = p->x2_matrices == p->g.batch && p->tile_chunk >= tiles;
  p->x2_inside = !p->x2_packed && once;
  const int64_t jobs = (p->x1_in_place ? 0 : p->x1_matrices * tiles) +
                       (p->x2_packed || p->x2_inside ? 0 : p->x2_matrices * panels);
  p->jobs_per_chunk = std::max<int64_t>(1, alone ? jobs : jobs / target);
}

// Columns [first, first + width) of x2 as pairs of rows [k / 2][width][2].
void pack_pairs(const MatMulGeometry& g, const float* x2, int64_t first, int64_t width,
                uint16_t* dst) {
  const int64_t row_step = g.transpose_x2 ? 1 : g.n;
  const int64_t column_step = g.transpose_x2 ? g.k : 1;
  const int64_t valid = std::min(width, g.n - first);
  for (int64_t i = 0; i < g.k; ++i) {
    const float* row = x2 + i * row_step + first * column_step;
    uint16_t* to = dst + i / 2 * 2 * width + i % 2;
    for (int64_t j = 0; j < valid; ++j) to[2 * j] = float_to_bfloat16(row[j * column_step]);
  }
}

}  // namespace

Status plan_gemm(const OpInstance& op, const PlanContext& context, const GemmForm& form,
                 KernelPlan* plan) {
  GemmParams p{};
  POACL_ASSIGN_OR_RETURN(p.g, matmul_geometry(op));
  MatMulGeometry& g = p.g;
  if (g.dtype != DataType::kFloat) {
    return declined(fmt::format("tensors of type {}, float wanted", data_type_name(g.dtype)));
  }
  if (g.batch * g.m * g.n == 0) return declined("y is empty");
  p.x1_matrices = matrices(op.inputs[0].dims);
  p.x2_matrices = matrices(op.inputs[1].dims);
  merge_batch(&p);
  p.steps = form.pairs ? ceil_div(g.k, 2) : g.k;
  p.padded_n = ceil_div(g.n, form.lanes) * form.lanes;
  p.x2_packed = is_constant(op, 1);
  p.bias_packed = g.has_bias && is_constant(op, 2);
  const int64_t panels = ceil_div(p.padded_n, 2 * form.lanes);
  const bool one_set = g.k % kFloatsOfSets == 0;
  const int64_t most_panels = one_set ? kMostPanelsOfOneSet : kMostPanelsInPlace;
  p.x1_in_place = !form.pairs && (g.m == 1 || (!g.transpose_x1 && panels <= most_panels));
  const bool few_rows = one_set && p.x1_in_place;
  set_row_tile(context.workers, few_rows ? std::min(form.tile, kMostRowsOfOneSet) : form.tile,
               panels, &p);
  set_chunks(context.workers, panels, &p);
  const Epilogue epilogue = split_activation(g.activation);
  p.low = epilogue.low, p.high = epilogue.high;
  p.activation = epilogue.activation;

  const int64_t x2_floats = p.x2_matrices * p.padded_n * p.steps;
  const int64_t x2_scratch = p.x2_packed   ? 0
                             : p.x2_inside ? context.workers * 2 * form.lanes * p.steps
                                           : x2_floats;
  p.x1_offset = 0;
  p.x2_offset = p.x1_in_place ? 0 : p.x1_matrices * g.m * p.steps;
  p.bias_offset = p.x2_offset + x2_scratch;
  const int64_t scratch = p.bias_offset + (g.has_bias && !p.bias_packed ? p.padded_n : 0);
  if (scratch > kMostScratchFloats) {
    return declined(fmt::format("packed operands take {} floats, at most {} wanted", scratch,
                                kMostScratchFloats));
  }
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(scratch) * sizeof(float);
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->output_layouts = {Layout::kPlain};
  if (p.x2_packed) plan->packed.push_back({1, static_cast<size_t>(x2_floats) * sizeof(float)});
  if (p.bias_packed) {
    plan->packed.push_back({2, static_cast<size_t>(p.padded_n) * sizeof(float)});
  }
  return {};
}

void pack_gemm(const OpInstance& op, const KernelPlan& plan, const GemmForm& form, int input,
               void* dst) {
  const auto& p = plan.get_params<GemmParams>();
  const float* src = op.constants[static_cast<size_t>(input)]->as<float>().data();
  if (input == 2) {
    std::memcpy(dst, src, static_cast<size_t>(p.g.n) * sizeof(float));
    return;
  }
  for (int64_t m = 0; m < p.x2_matrices; ++m) {
    const float* matrix = src + m * p.g.k * p.g.n;
    for (int64_t first = 0; first < p.g.n; first += 2 * form.lanes) {
      const int64_t width = panel_width(p.g.n, first, form.lanes);
      const int64_t at = (m * p.padded_n + first) * p.steps;
      if (form.pairs) {
        pack_pairs(p.g, matrix, first, width, static_cast<uint16_t*>(dst) + 2 * at);
      } else {
        pack_panel(matrix, p.g.k, p.g.n, p.g.transpose_x2, first, width,
                   static_cast<float*>(dst) + at);
      }
    }
  }
}

namespace {

template <int64_t Lanes, int64_t Tile>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_gemm(op, context, {Lanes, Tile, false}, plan);
}

template <int64_t Lanes>
void pack(const OpInstance& op, const KernelPlan& plan, int input, void* dst) {
  pack_gemm(op, plan, {Lanes, 0, false}, input, dst);
}

}  // namespace

const KernelImpl kMatMulGemmAvx512 = {"MatMulV2", "matmul.gemm.avx512", Isa::kAvx512, plan<16, 14>,
                                      pack<16>,   gemm_run_avx512};
const KernelImpl kMatMulGemmAvx2 = {"MatMulV2", "matmul.gemm.avx2", Isa::kAvx2, plan<8, 6>,
                                    pack<8>,    gemm_run_avx2};
const KernelImpl kMatMulGemmGeneric = {"MatMulV2",    "matmul.gemm.generic",
                                       Isa::kGeneric, plan<8, kGenericTile>,
                                       pack<8>,       gemm_run_generic};
const KernelImpl kBatchMatMulGemmAvx512 = {"BatchMatMulV2", "batch_matmul.gemm.avx512",
                                           Isa::kAvx512,    plan<16, 14>,
                                           pack<16>,        gemm_run_avx512};
const KernelImpl kBatchMatMulGemmAvx2 = {
    "BatchMatMulV2", "batch_matmul.gemm.avx2", Isa::kAvx2, plan<8, 6>, pack<8>, gemm_run_avx2};
const KernelImpl kBatchMatMulGemmGeneric = {"BatchMatMulV2", "batch_matmul.gemm.generic",
                                            Isa::kGeneric,   plan<8, kGenericTile>,
                                            pack<8>,         gemm_run_generic};

}  // namespace poacl
