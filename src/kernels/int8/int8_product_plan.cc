#include <algorithm>

#include <fmt/format.h>

#include "kernels/int8/int8_product.h"
#include "kernels/kernel_list.h"
#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kMostProducts = 16384;  // that add up without overflow
constexpr int64_t kMostScratch = int64_t{1} << 30;
constexpr int64_t kLeastPiece = 64;  // rows that make up for packing the other operand

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

struct Machine {
  Int8Machine base;
  int64_t rows, blocks;
};
constexpr Machine kVnni = {kInt8Vnni, 9, 3};
constexpr Machine kAvx2 = {kInt8Avx2, 6, 1};
constexpr Machine kGeneric = {kInt8Generic, 3, 1};

// A zero point that is one constant.
Status read_offset(const OpInstance& op, size_t input, int32_t* offset) {
  *offset = 0;
  if (op.inputs.size() <= input || op.inputs[input].absent()) return {};
  POACL_RETURN_IF_ERROR(require_constant(op, input, "an offset"));
  if (op.constants[input]->count() != 1) return declined("several offsets");
  *offset =
      quant_value(op.constants[input]->buffer.data(), op.inputs[input].dtype == DataType::kInt8, 0);
  return {};
}

template <const Machine& M>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_machine(M.base));
  QuantMatmulParams q{};
  POACL_RETURN_IF_ERROR(read_quant_matmul(op, &q));
  Int8ProductParams p{};
  p.g = q.g;
  p.signed1 = q.signed1, p.signed2 = q.signed2;
  POACL_RETURN_IF_ERROR(read_offset(op, 2, &p.offset1));
  POACL_RETURN_IF_ERROR(read_offset(op, 3, &p.offset2));
  if (q.has_bias) return declined("a bias");
  if (q.g.batch * q.g.m * q.g.k * q.g.n == 0) return declined("a tensor is empty");
  if (q.g.k > kMostProducts) return declined(fmt::format("sums of {} products", q.g.k));
  Int8LinearParams& l = p.linear;
  POACL_RETURN_IF_ERROR(read_int8_finish(op, q.g.n, &l.finish));
  p.scale_per_column = q.result.scale_per_channel;
  l.rows = q.g.m;
  l.depth = q.g.k;
  l.words = ceil_div(q.g.k, 4 / M.base.number);
  l.columns = q.g.n;
  l.blocks = ceil_div(q.g.n, kLanes);
  l.group_blocks = M.blocks;
  l.groups = ceil_div(l.blocks, l.group_blocks);
  l.tile = std::min(M.rows, l.rows);
  const int64_t wanted = context.workers == 1 ? 1 : ceil_div(4 * context.workers, q.g.batch);
  p.pieces = std::clamp<int64_t>(q.g.m / kLeastPiece, 1, wanted);
  p.piece = ceil_div(q.g.m, p.pieces);
  p.pieces = ceil_div(q.g.m, p.piece);
  int64_t at = 0;
  const auto take = [&at](int64_t bytes) {
    const int64_t start = at;
    at += ceil_div(bytes, 64) * 64;
    return start;
  };
  take(l.blocks * l.words * kLanes * 4);
  p.bias_at = take(l.blocks * kLanes * 4);
  p.scale_at = take(l.blocks * kLanes * 4);
  p.rows_at = take(M.rows * l.words * 4);
  p.worker_bytes = at;
  if (context.workers * at > kMostScratch) return declined("x2 is too large to pack");
  plan->scratch_bytes = static_cast<size_t>(context.workers * at);
  plan->set_params(p);
  return {};
}

constexpr KernelImpl kKernels[] = {
    {"QuantBatchMatmul", "int8.product.vnni", Isa::kAvx512, plan<kVnni>, nullptr,
     int8_product_run_vnni},
    {"QuantBatchMatmul", "int8.product.avx2", Isa::kAvx2, plan<kAvx2>, nullptr,
     int8_product_run_avx2},
    {"QuantBatchMatmul", "int8.product.generic", Isa::kGeneric, plan<kGeneric>, nullptr,
     int8_product_run_generic},
};

}  // namespace

std::span<const KernelImpl* const> int8_product_kernels() {
  static constexpr auto kList = kernel_pointers(kKernels);
  return kList;
}

}  // namespace poacl
