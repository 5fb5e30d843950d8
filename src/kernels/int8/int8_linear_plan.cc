#include <algorithm>

#include "kernels/int8/int8_linear.h"
#include "kernels/kernel_list.h"

namespace poacl {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kRowBytes = 384 * 1024;  // of the rows of a chunk: they stay in L2
constexpr int64_t kChunksPerWorker = 4;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

struct Machine {
  Int8Machine base;
  int64_t tile, group_blocks;
};
constexpr Machine kVnni = {kInt8Vnni, 9, 3};
constexpr Machine kAvx2 = {kInt8Avx2, 6, 1};
constexpr Machine kGeneric = {kInt8Generic, 3, 1};

// Rows of a chunk stay in L2, where every group of weights meets them; enough chunks for balance.
void set_chunks(int64_t workers, Int8LinearParams* p) {
  const int64_t tiles = ceil_div(p->rows, p->tile);
  const int64_t fitting = std::max<int64_t>(1, kRowBytes / (p->words * 4 * p->tile));
  p->row_chunk = ceil_div(tiles, ceil_div(tiles, fitting)) * p->tile;
  p->group_chunk = p->groups;
  if (workers < 2) return;
  const int64_t target = workers * kChunksPerWorker;
  const int64_t row_chunks = ceil_div(p->rows, p->row_chunk);
  if (row_chunks < target) {
    p->group_chunk = std::max<int64_t>(1, p->groups / ceil_div(target, row_chunks));
  }
  const int64_t chunks = row_chunks * ceil_div(p->groups, p->group_chunk);
  if (chunks < target) {
    const int64_t parts = std::min(tiles, ceil_div(target, ceil_div(p->groups, p->group_chunk)));
    p->row_chunk = ceil_div(tiles, parts) * p->tile;
  }
}

Status plan_product(const OpInstance& op, const QuantMatmulParams& q, int64_t workers,
                    const Machine& machine, Int8LinearParams p, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_machine(machine.base));
  POACL_RETURN_IF_ERROR(require_int8_weights(op));
  if (op.inputs[1].dims.size() != 2) return declined("the weights are several matrices");
  if (q.g.batch * q.g.m * q.g.k * q.g.n == 0) return declined("a tensor is empty");
  p.rows = q.g.batch * q.g.m;
  p.depth = q.g.k;
  p.words = ceil_div(q.g.k, 4 / machine.base.number);
  p.copied = machine.base.number != 1 || p.words * 4 != q.g.k;
  p.flip = q.signed1 ? 0x80808080u : 0u;
  p.columns = q.g.n;
  p.blocks = ceil_div(q.g.n, kLanes);
  p.group_blocks = machine.group_blocks;
  p.groups = ceil_div(p.blocks, p.group_blocks);
  p.tile = std::min(machine.tile, p.rows);
  p.weight_bytes = p.blocks * p.words * kLanes * 4;
  set_chunks(workers, &p);
  if (p.copied) plan->scratch_bytes = static_cast<size_t>(p.rows * p.words * 4);
  plan->packed.push_back({1, static_cast<size_t>(p.weight_bytes + p.blocks * kLanes * 12)});
  plan->set_params(p);
  return {};
}

template <const Machine& M>
Status plan_matmul(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  QuantMatmulParams q{};
  POACL_RETURN_IF_ERROR(read_quant_matmul(op, &q));
  Int8LinearParams p{};
  POACL_RETURN_IF_ERROR(read_int8_finish(op, q.g.n, &p.finish));
  return plan_product(op, q, context.workers, M, p, plan);
}

template <const Machine& M>
Status plan_linear(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  QuantLinearParams q{};
  POACL_RETURN_IF_ERROR(read_quant_linear(op, &q));
  POACL_RETURN_IF_ERROR(require_constant(op, kRealBias, "real_bias"));
  Int8LinearParams p{};
  OpInstance product = op;
  product.inputs = op.inputs.first(std::min<size_t>(7, op.inputs.size()));
  const DataType rounded = product.inputs.size() > 6 && !product.inputs[6].absent()
                               ? product.inputs[6].dtype
                               : DataType::kFloat;
  const TensorDesc sums{rounded, op.outputs[0].dims};
  product.outputs = {&sums, 1};
  POACL_RETURN_IF_ERROR(read_int8_finish(product, q.product.g.n, &p.finish));
  p.has_real = true;
  p.real = q.real;
  return plan_product(op, q.product, context.workers, M, p, plan);
}

template <typename T>
void pack(const OpInstance& op, const KernelPlan& plan, int, void* dst) {
  const auto& p = plan.get_params<Int8LinearParams>();
  const int8_t* src = op.constants[1]->as<int8_t>().data();
  auto* to = static_cast<T*>(dst);
  constexpr int64_t kWord = 4 / sizeof(T);
  std::vector<int32_t> sums(static_cast<size_t>(p.columns), 0);
  for (int64_t first = 0; first < p.blocks; first += p.group_blocks) {
    const int64_t width = std::min(p.group_blocks, p.blocks - first) * kLanes;
    for (int64_t word = 0; word < p.words; ++word, to += width * kWord) {
      for (int64_t c = 0; c < width; ++c) {
        const int64_t column = first * kLanes + c;
        if (column >= p.columns) break;
        for (int64_t i = 0; i < kWord && word * kWord + i < p.depth; ++i) {
          const int8_t weight = src[(word * kWord + i) * p.columns + column];
          to[c * kWord + i] = weight;
          sums[static_cast<size_t>(column)] += weight;
        }
      }
    }
  }
  std::byte* behind = static_cast<std::byte*>(dst) + p.weight_bytes;
  pack_int8_epilogue(op, p.finish, int8_x_zero(op), sums, p.columns, p.blocks, behind);
  if (!p.has_real || !p.real.has_bias) return;
  const auto bias = op.constants[kRealBias]->as<float>();
  std::copy(bias.begin(), bias.end(), reinterpret_cast<float*>(behind) + 2 * p.blocks * kLanes);
}

constexpr KernelImpl kKernels[] = {
    {"QuantBatchMatmul", "int8.rows.vnni", Isa::kAvx512, plan_matmul<kVnni>, pack<int8_t>,
     int8_linear_run_vnni},
    {"QuantBatchMatmul", "int8.rows16.avx2", Isa::kAvx2, plan_matmul<kAvx2>, pack<int16_t>,
     int8_linear_run_avx2},
    {"QuantBatchMatmul", "int8.rows16.generic", Isa::kGeneric, plan_matmul<kGeneric>, pack<int16_t>,
     int8_linear_run_generic},
    {"QuantLinear", "int8.linear.vnni", Isa::kAvx512, plan_linear<kVnni>, pack<int8_t>,
     int8_linear_run_vnni},
    {"QuantLinear", "int8.linear16.avx2", Isa::kAvx2, plan_linear<kAvx2>, pack<int16_t>,
     int8_linear_run_avx2},
    {"QuantLinear", "int8.linear16.generic", Isa::kGeneric, plan_linear<kGeneric>, pack<int16_t>,
     int8_linear_run_generic},
};

}  // namespace

std::span<const KernelImpl* const> int8_linear_kernels() {
  static constexpr auto kList = kernel_pointers(kKernels);
  return kList;
}

}  // namespace poacl
