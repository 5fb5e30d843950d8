#include "kernels/matmul/matmul_skinny.h"

#include <algorithm>

#include <fmt/format.h>

#include "kernels/matmul/matmul_kernels.h"
#include "kernels/simd/epilogue.h"

namespace poacl {
namespace {

// How many lines are few: more where registers hold the sums of more.
struct SkinnyForm {
  int64_t rows, columns;
};
constexpr SkinnyForm kManyRegisters = {12, 12};
constexpr SkinnyForm kFewRegisters = {4, 4};
// More columns than these are worth it in long dot products and many of them.
constexpr int64_t kMostShortColumns = 4;
constexpr int64_t kLeastLongDot = 64;
constexpr int64_t kLeastLongDots = 32;
// Fewer rows than this of a packed x2 are as cheap.
constexpr int64_t kLeastRowsOfConstant = 8;
// Fewer lines leave too much of a panel unused.
constexpr int64_t kLeastAcross = 16;
constexpr int64_t kLeastShortDots = 128;
constexpr int64_t kBlockLines = 128;
constexpr int64_t kChunkProducts = 20000;
constexpr int64_t kChunksPerWorker = 6;
// Waking another core for less takes longer than doing it.
constexpr int64_t kLeastStreamed = 100000;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

int64_t matrices(const Dims& dims) {
  return element_count({dims.data(), dims.size() - 2});
}

// A batch of products with one and the same x2 is one product of all rows.
void merge_batch(const OpInstance& op, MatMulGeometry* g) {
  if (matrices(op.inputs[1].dims) != 1 || g->transpose_x1) return;
  if (matrices(op.inputs[0].dims) != g->batch) return;
  g->m *= g->batch;
  g->batch = 1;
  g->batch_rank = 0;
}

bool few_enough_columns(const MatMulGeometry& g, bool constant, const SkinnyForm& form) {
  if (g.n <= kMostShortColumns) return !constant || g.m >= kLeastRowsOfConstant;
  return g.n <= form.columns && !g.transpose_x1 && g.k >= kLeastLongDot && g.m >= kLeastLongDots;
}

// Which operand has few lines.
Status choose_side(const MatMulGeometry& g, bool constant, const SkinnyForm& form,
                   SkinnyParams* p) {
  if (g.m <= form.rows && g.m <= g.n && !constant) {
    p->few_columns = false;
  } else if (few_enough_columns(g, constant, form)) {
    p->few_columns = true;
  } else {
    return declined(
        fmt::format("{} rows, {} columns, x2 {}: at most {} columns wanted, or {} rows with a "
                    "variable x2",
                    g.m, g.n, constant ? "constant" : "variable", form.columns, form.rows));
  }
  p->few = p->few_columns ? g.n : g.m;
  p->lines = p->few_columns ? g.m : g.n;
  p->across = p->few_columns ? g.transpose_x1 : !g.transpose_x2;
  return {};
}

void set_items(int64_t workers, SkinnyParams* p) {
  const int64_t line_products = std::max<int64_t>(1, p->few * p->g.k);
  const int64_t all = p->g.batch * p->lines * line_products;
  const int64_t streamed = p->g.batch * p->lines * p->g.k;
  const bool alone = workers == 1 || streamed < kLeastStreamed;
  const int64_t wanted = std::max(kChunkProducts, alone ? all : all / (workers * kChunksPerWorker));
  p->block =
      std::min(ceil_div(p->lines, kBlockLines), ceil_div(wanted, line_products * kBlockLines)) *
      kBlockLines;
  p->blocks = ceil_div(p->lines, p->block);
  p->items_per_chunk =
      std::max<int64_t>(1, wanted / (std::min(p->block, p->lines) * line_products));
}

Status plan_skinny(const OpInstance& op, const PlanContext& context, const SkinnyForm& form,
                   KernelPlan* plan) {
  SkinnyParams p{};
  POACL_ASSIGN_OR_RETURN(p.g, matmul_geometry(op));
  MatMulGeometry& g = p.g;
  if (g.dtype != DataType::kFloat) {
    return declined(fmt::format("tensors of type {}, float wanted", data_type_name(g.dtype)));
  }
  if (g.batch * g.m * g.n * g.k == 0) return declined("an operand is empty");
  merge_batch(op, &g);
  const bool constant = op.constants.size() > 1 && op.constants[1] != nullptr;
  POACL_RETURN_IF_ERROR(choose_side(g, constant, form, &p));
  p.short_dots = !p.across && g.k < kShortestDot;
  const int64_t least = p.across ? kLeastAcross : p.short_dots ? kLeastShortDots : 1;
  if (p.lines < least || (p.short_dots && !p.few_columns)) {
    return declined(fmt::format("{} {} of {} values of k, at least {} wanted", p.lines,
                                p.few_columns ? "rows" : "columns", g.k,
                                p.short_dots && !p.few_columns ? kShortestDot : least));
  }
  const bool contiguous = p.few == 1 || (p.few_columns ? g.transpose_x2 : !g.transpose_x1);
  if (!contiguous) p.few_copied = matrices(op.inputs[p.few_columns ? 1 : 0].dims);
  set_items(context.workers, &p);
  const Epilogue epilogue = split_activation(g.activation);
  p.low = epilogue.low, p.high = epilogue.high;
  p.activation = epilogue.activation;
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(p.few_copied * p.few * g.k) * sizeof(float);
  plan->input_layouts.assign(op.inputs.size(), Layout::kPlain);
  plan->output_layouts = {Layout::kPlain};
  return {};
}

Status plan_many(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_skinny(op, context, kManyRegisters, plan);
}
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_skinny(op, context, kFewRegisters, plan);
}

}  // namespace

const KernelImpl kMatMulSkinnyAvx512 = {"MatMulV2", "matmul.skinny.avx512", Isa::kAvx512, plan_many,
                                        nullptr,    skinny_run_avx512};
const KernelImpl kMatMulSkinnyAvx2 = {"MatMulV2", "matmul.skinny.avx2", Isa::kAvx2, plan,
                                      nullptr,    skinny_run_avx2};
const KernelImpl kMatMulSkinnyGeneric = {"MatMulV2", "matmul.skinny.generic", Isa::kGeneric, plan,
                                         nullptr,    skinny_run_generic};
const KernelImpl kBatchMatMulSkinnyAvx512 = {"BatchMatMulV2", "batch_matmul.skinny.avx512",
                                             Isa::kAvx512,    plan_many,
                                             nullptr,         skinny_run_avx512};
const KernelImpl kBatchMatMulSkinnyAvx2 = {
    "BatchMatMulV2", "batch_matmul.skinny.avx2", Isa::kAvx2, plan, nullptr, skinny_run_avx2};
const KernelImpl kBatchMatMulSkinnyGeneric = {"BatchMatMulV2", "batch_matmul.skinny.generic",
                                              Isa::kGeneric,   plan,
                                              nullptr,         skinny_run_generic};

}  // namespace poacl
