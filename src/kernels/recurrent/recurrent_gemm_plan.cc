// Plans and packing of the recurrent kernels on matrix products.
#include <algorithm>

#include "kernels/kernel_list.h"
#include "kernels/matmul/matmul_kernels.h"
#include "kernels/recurrent/recurrent_gemm.h"

namespace poacl {
namespace {

constexpr int64_t kWorthSharing = 64 * 1024;  // multiply-adds of one step
constexpr int64_t kMostScratchFloats = int64_t{1} << 29;

int64_t aligned(int64_t floats) {
  return (floats + 15) / 16 * 16;
}

// Rows [first, first + rows) of direction `d` of a [dirs, all, k] constant, as a matrix.
Tensor rows_of(const Tensor& all, int64_t d, int64_t first, int64_t rows) {
  const int64_t k = all.dims[2];
  const float* data = all.as<float>().data() + (d * all.dims[1] + first) * k;
  return Tensor{DataType::kFloat,
                {rows, k},
                ConstBuffer(nullptr, data, static_cast<size_t>(rows * k) * sizeof(float))};
}

// The bias of rows [first, first + rows): what w and r have, or one of them.
Tensor bias_of(const Tensor& b, const RecurrentParams& p, int64_t d, int64_t first, int64_t rows,
               bool of_w, bool of_r) {
  const int64_t all = p.gates * p.hidden;
  const float* data = b.as<float>().data() + d * 2 * all + first;
  std::vector<float> sums(static_cast<size_t>(rows), 0.0f);
  for (int64_t i = 0; i < rows; ++i) {
    if (of_w) sums[static_cast<size_t>(i)] += data[i];
    if (of_r) sums[static_cast<size_t>(i)] += data[all + i];
  }
  return Tensor::from<float>(DataType::kFloat, {rows}, sums);
}

// The product x1 [m, k] times x2^T as an operator; x2 and bias are constants.
struct Product {
  Product(int64_t m, const Tensor& x2, const Tensor* bias, bool residual) : weights(x2) {
    attrs.set("transpose_x1", false);
    attrs.set("transpose_x2", true);
    const int64_t n = x2.dims[0];
    inputs = {{DataType::kFloat, {m, x2.dims[1]}}, {DataType::kFloat, x2.dims}};
    constants = {nullptr, &weights};
    if (bias != nullptr || residual) {
      inputs.push_back(bias == nullptr ? TensorDesc{} : TensorDesc{DataType::kFloat, {n}});
      constants.push_back(bias);
    }
    if (residual) {
      inputs.push_back({DataType::kFloat, {m, n}});
      constants.push_back(nullptr);
    }
    outputs = {{DataType::kFloat, {m, n}}};
  }
  OpInstance op() const { return {"MatMulV2", &attrs, inputs, constants, outputs}; }

  Tensor weights;
  AttrMap attrs;
  std::vector<TensorDesc> inputs;
  std::vector<const Tensor*> constants;
  std::vector<TensorDesc> outputs;
};

// Plans one product; *at moves past its packed weights and bias.
Status plan_product(const KernelImpl& gemm, const Product& product, int workers, GemmParams* params,
                    int64_t* weights_at, int64_t* bias_at, int64_t* at, int64_t* scratch) {
  KernelPlan plan;
  POACL_RETURN_IF_ERROR(gemm.plan(product.op(), PlanContext{workers}, &plan));
  *params = plan.get_params<GemmParams>();
  *weights_at = *bias_at = *at;
  for (const KernelPlan::Packed& packed : plan.packed) {
    (packed.input == 1 ? *weights_at : *bias_at) = *at;
    *at += aligned(static_cast<int64_t>(packed.bytes / sizeof(float)));
  }
  *scratch = std::max(*scratch, static_cast<int64_t>(plan.scratch_bytes / sizeof(float)));
  return {};
}

// Whether the bias of r stays apart from that of w: inside the reset of a GRU's hidden gate.
bool splits_bias(const RecurrentParams& p, int part) {
  return p.kind == CellKind::kGru && part == 1 && p.linear_before_reset;
}

Status plan_parts(const OpInstance& op, const PlanContext& context, const KernelImpl& gemm,
                  RecurrentGemmParams* params, int64_t* gemm_scratch) {
  RecurrentGemmParams& q = *params;
  const RecurrentParams& p = q.p;
  q.parts = p.kind == CellKind::kGru ? 2 : 1;
  for (int i = 0; i < q.parts; ++i) {
    GatePart& part = q.part[i];
    part.first_row = i == 0 ? 0 : 2 * p.hidden;
    part.rows = q.parts == 1 ? p.gates * p.hidden : (2 - i) * p.hidden;
    part.state_adds_input = !splits_bias(p, i);
    const Tensor w = rows_of(*op.constants[1], 0, part.first_row, part.rows);
    const Tensor r = rows_of(*op.constants[2], 0, part.first_row, part.rows);
    Tensor bias;
    if (p.has_bias) bias = bias_of(*op.constants[3], p, 0, part.first_row, part.rows, true, true);
    const Tensor* given = p.has_bias ? &bias : nullptr;
    const Product input(p.seq * p.batch, w, given, false);
    const Product state(p.batch, r, part.state_adds_input ? nullptr : given, part.state_adds_input);
    const int workers = p.batch * part.rows * p.hidden < kWorthSharing ? 1 : context.workers;
    POACL_RETURN_IF_ERROR(plan_product(gemm, input, context.workers, &part.input, &part.w_at,
                                       &part.input_bias_at, &q.w_direction, gemm_scratch));
    POACL_RETURN_IF_ERROR(plan_product(gemm, state, workers, &part.state, &part.r_at,
                                       &part.state_bias_at, &q.r_direction, gemm_scratch));
  }
  return {};
}

Status plan_gemm(const OpInstance& op, const PlanContext& context, const KernelImpl& gemm,
                 KernelPlan* plan) {
  RecurrentGemmParams q{};
  POACL_RETURN_IF_ERROR(read_recurrent(op, &q.p));
  const RecurrentParams& p = q.p;
  if (p.dtype != DataType::kFloat) return declined("type double");
  if (op.constants[1] == nullptr || op.constants[2] == nullptr ||
      (p.has_bias && op.constants[3] == nullptr)) {
    return declined("weights that are not constant");
  }
  if (p.seq * p.batch * p.input == 0) return declined("x is empty");
  int64_t gemm_scratch = 0;
  POACL_RETURN_IF_ERROR(plan_parts(op, context, gemm, &q, &gemm_scratch));
  int64_t at = 0;
  const auto take = [&](int64_t floats) {
    const int64_t start = at;
    at += aligned(floats);
    return start;
  };
  for (int i = 0; i < q.parts; ++i) {
    q.part[i].projected_at = take(p.seq * p.batch * q.part[i].rows);
    q.part[i].gates_at = take(p.batch * q.part[i].rows);
  }
  q.h_at = take(p.batch * p.hidden);
  q.c_at = take(p.batch * p.hidden);
  q.work_at = take(p.batch * p.hidden);
  q.gemm_at = take(gemm_scratch);
  if (at > kMostScratchFloats) return declined("projected inputs that are too large");
  plan->set_params(q);
  plan->scratch_bytes = static_cast<size_t>(at) * sizeof(float);
  const auto bytes = [&](int64_t floats) {
    return static_cast<size_t>(p.directions * floats) * sizeof(float);
  };
  plan->packed.push_back({1, bytes(q.w_direction)});
  plan->packed.push_back({2, bytes(q.r_direction)});
  return {};
}

void pack_gemm(const OpInstance& op, const KernelPlan& plan, const KernelImpl& gemm, int input,
               void* dst) {
  const auto& q = plan.get_params<RecurrentGemmParams>();
  const RecurrentParams& p = q.p;
  const bool is_w = input == 1;
  for (int d = 0; d < p.directions; ++d) {
    float* direction = static_cast<float*>(dst) + d * (is_w ? q.w_direction : q.r_direction);
    for (int i = 0; i < q.parts; ++i) {
      const GatePart& part = q.part[i];
      const Tensor weights =
          rows_of(*op.constants[static_cast<size_t>(input)], d, part.first_row, part.rows);
      const bool apart = splits_bias(p, i);
      const bool with_bias = p.has_bias && (is_w || apart);
      Tensor bias;
      if (with_bias) {
        bias = bias_of(*op.constants[3], p, d, part.first_row, part.rows, is_w, !is_w || !apart);
      }
      const Product product(1, weights, with_bias ? &bias : nullptr, false);
      KernelPlan inner;
      inner.set_params(is_w ? part.input : part.state);
      gemm.pack(product.op(), inner, 1, direction + (is_w ? part.w_at : part.r_at));
      if (with_bias) {
        gemm.pack(product.op(), inner, 2,
                  direction + (is_w ? part.input_bias_at : part.state_bias_at));
      }
    }
  }
}

template <const KernelImpl& Gemm>
Status plan_on(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  return plan_gemm(op, context, Gemm, plan);
}

template <const KernelImpl& Gemm>
void pack_on(const OpInstance& op, const KernelPlan& plan, int input, void* dst) {
  pack_gemm(op, plan, Gemm, input, dst);
}

void run_avx512(const KernelArgs& args) {
  recurrent_gemm_run(args, gemm_run_avx512, cell_activate_avx512);
}
void run_avx2(const KernelArgs& args) {
  recurrent_gemm_run(args, gemm_run_avx2, cell_activate_avx2);
}
void run_generic(const KernelArgs& args) {
  recurrent_gemm_run(args, gemm_run_generic, cell_activate_generic);
}

const KernelImpl kGemm[] = {
    {"CommonRNN", "rnn.gemm.avx512", Isa::kAvx512, plan_on<kMatMulGemmAvx512>,
     pack_on<kMatMulGemmAvx512>, run_avx512},
    {"CommonRNN", "rnn.gemm.avx2", Isa::kAvx2, plan_on<kMatMulGemmAvx2>, pack_on<kMatMulGemmAvx2>,
     run_avx2},
    {"CommonRNN", "rnn.gemm.generic", Isa::kGeneric, plan_on<kMatMulGemmGeneric>,
     pack_on<kMatMulGemmGeneric>, run_generic},
    {"CommonGRU", "gru.gemm.avx512", Isa::kAvx512, plan_on<kMatMulGemmAvx512>,
     pack_on<kMatMulGemmAvx512>, run_avx512},
    {"CommonGRU", "gru.gemm.avx2", Isa::kAvx2, plan_on<kMatMulGemmAvx2>, pack_on<kMatMulGemmAvx2>,
     run_avx2},
    {"CommonGRU", "gru.gemm.generic", Isa::kGeneric, plan_on<kMatMulGemmGeneric>,
     pack_on<kMatMulGemmGeneric>, run_generic},
    {"CommonLSTM", "lstm.gemm.avx512", Isa::kAvx512, plan_on<kMatMulGemmAvx512>,
     pack_on<kMatMulGemmAvx512>, run_avx512},
    {"CommonLSTM", "lstm.gemm.avx2", Isa::kAvx2, plan_on<kMatMulGemmAvx2>, pack_on<kMatMulGemmAvx2>,
     run_avx2},
    {"CommonLSTM", "lstm.gemm.generic", Isa::kGeneric, plan_on<kMatMulGemmGeneric>,
     pack_on<kMatMulGemmGeneric>, run_generic},
};

}  // namespace

std::span<const KernelImpl* const> recurrent_gemm_kernels() {
  static constexpr auto kList = kernel_pointers(kGemm);
  return kList;
}

}  // namespace poacl
