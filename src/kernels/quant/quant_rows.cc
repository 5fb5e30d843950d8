// Quantize and DequantizeLinear between float and the integers of 8 bits, per tensor or per axis:
// runs of elements that share a scale, split among the workers, in loops the compiler vectorises.
#include <algorithm>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/quant/quant_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 16384;

bool is_byte(DataType type) {
  return type == DataType::kInt8 || type == DataType::kUint8;
}

Status plan_rows(const OpInstance& op, DataType real, DataType integer, KernelPlan* plan) {
  QuantParams p{};
  POACL_RETURN_IF_ERROR(read_quant(op, &p));
  if (real != DataType::kFloat || !is_byte(integer)) {
    return declined("types other than float and eight bits");
  }
  if (p.geometry.block != 0) return declined("blocks");
  if (p.precision != DataType::kFloat) return declined("a quotient that is not float");
  plan->set_params(p);
  return {};
}

Status plan_quantize(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  return plan_rows(op, op.inputs[0].dtype, op.outputs[0].dtype, plan);
}

Status plan_dequantize(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  return plan_rows(op, op.outputs[0].dtype, op.inputs[0].dtype, plan);
}

// Calls body(offset, count, scale number) for runs that cover everything; runs of one scale each.
template <typename Body>
void for_each_run(const KernelArgs& args, const QuantGeometry& g, Body&& body) {
  if (g.inner == 0) return;
  const int64_t rows = g.outer * g.length;
  const int64_t pieces = (g.inner + kChunk - 1) / kChunk;
  const int64_t rows_per_chunk = std::max<int64_t>(1, kChunk / g.inner);
  const int64_t row_chunks = (rows + rows_per_chunk - 1) / rows_per_chunk;
  (*args.parallel)(row_chunks * pieces, [&](int64_t chunk, int) {
    const int64_t first = chunk % pieces * kChunk;
    const int64_t count = std::min(kChunk, g.inner - first);
    const int64_t begin = chunk / pieces * rows_per_chunk;
    const int64_t end = std::min(rows, begin + rows_per_chunk);
    for (int64_t row = begin; row < end; ++row) {
      body(row * g.inner + first, count, g.per_axis ? row % g.length : 0);
    }
  });
}

template <typename T>
void quantize_run(const float* x, T* y, int64_t count, float scale, int32_t zero) {
  constexpr float kLow = std::is_signed_v<T> ? -128.0f : 0.0f;
  const float low = kLow - static_cast<float>(zero);
  const float high = low + 255.0f;
  // Added to a small number, this leaves the nearest integer in the sum's low bits.
  constexpr float kShift = 12582912.0f;
  for (int64_t i = 0; i < count; ++i) {
    const float quotient = x[i] / scale;
    const float raised = quotient > low ? quotient : low;  // takes what is not a number, too
    const float kept = raised < high ? raised : high;
    y[i] = static_cast<T>(static_cast<int32_t>((kept + kShift) - kShift) + zero);
  }
}

template <typename T>
void run_quantize_typed(const KernelArgs& args, const QuantParams& p) {
  const float* x = static_cast<const float*>(args.inputs[0]);
  const float* scale = static_cast<const float*>(args.inputs[1]);
  const T* zero = p.has_zero_point ? static_cast<const T*>(args.inputs[2]) : nullptr;
  T* y = static_cast<T*>(args.outputs[0]);
  for_each_run(args, p.geometry, [&](int64_t offset, int64_t count, int64_t s) {
    quantize_run(x + offset, y + offset, count, scale[s], zero ? zero[s] : 0);
  });
}

template <typename T>
void run_dequantize_typed(const KernelArgs& args, const QuantParams& p) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  const float* scale = static_cast<const float*>(args.inputs[1]);
  const T* zero = p.has_zero_point ? static_cast<const T*>(args.inputs[2]) : nullptr;
  float* y = static_cast<float*>(args.outputs[0]);
  for_each_run(args, p.geometry, [&](int64_t offset, int64_t count, int64_t s) {
    const int32_t shift = zero ? zero[s] : 0;
    const float factor = scale[s];
    for (int64_t i = offset; i < offset + count; ++i) {
      y[i] = static_cast<float>(static_cast<int32_t>(x[i]) - shift) * factor;
    }
  });
}

void run_quantize(const KernelArgs& args) {
  const auto& p = args.get_params<QuantParams>();
  if (p.output == DataType::kInt8) return run_quantize_typed<int8_t>(args, p);
  run_quantize_typed<uint8_t>(args, p);
}

void run_dequantize(const KernelArgs& args) {
  const auto& p = args.get_params<QuantParams>();
  if (p.input == DataType::kInt8) return run_dequantize_typed<int8_t>(args, p);
  run_dequantize_typed<uint8_t>(args, p);
}

}  // namespace

const KernelImpl kQuantizeRows = {"Quantize",    "quantize.rows", Isa::kGeneric,
                                  plan_quantize, nullptr,         run_quantize};
const KernelImpl kDequantizeRows = {"DequantizeLinear", "dequantize.rows", Isa::kGeneric,
                                    plan_dequantize,    nullptr,           run_dequantize};

}  // namespace poacl
