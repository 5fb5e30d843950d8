// Quantize and DequantizeLinear between float and the integers of 8 bits, per tensor or per axis:
// runs of elements that share a scale, split among the workers.
#include <algorithm>

#include "kernels/kernel_list.h"
#include "kernels/quant/quant_kernels.h"
#include "kernels/quant/quant_line.h"

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

int32_t zero_of(const QuantParams& p, const KernelArgs& args, bool is_signed, int64_t s) {
  if (!p.has_zero_point) return 0;
  return is_signed ? static_cast<const int8_t*>(args.inputs[2])[s]
                   : static_cast<const uint8_t*>(args.inputs[2])[s];
}

template <QuantizeLine Line>
void run_quantize(const KernelArgs& args) {
  const auto& p = args.get_params<QuantParams>();
  const bool is_signed = p.output == DataType::kInt8;
  const auto* x = static_cast<const float*>(args.inputs[0]);
  const auto* scale = static_cast<const float*>(args.inputs[1]);
  auto* y = static_cast<uint8_t*>(args.outputs[0]);
  for_each_run(args, p.geometry, [&](int64_t offset, int64_t count, int64_t s) {
    Line({scale[s], zero_of(p, args, is_signed, s), is_signed}, x + offset, y + offset, count);
  });
}

template <DequantizeLine Line>
void run_dequantize(const KernelArgs& args) {
  const auto& p = args.get_params<QuantParams>();
  const bool is_signed = p.input == DataType::kInt8;
  const auto* x = static_cast<const uint8_t*>(args.inputs[0]);
  const auto* scale = static_cast<const float*>(args.inputs[1]);
  auto* y = static_cast<float*>(args.outputs[0]);
  for_each_run(args, p.geometry, [&](int64_t offset, int64_t count, int64_t s) {
    Line({scale[s], zero_of(p, args, is_signed, s), is_signed}, x + offset, y + offset, count);
  });
}

constexpr KernelImpl kRows[] = {
    {"Quantize", "quantize.rows.avx512", Isa::kAvx512, plan_quantize, nullptr,
     run_quantize<quantize_line_avx512>},
    {"Quantize", "quantize.rows.avx2", Isa::kAvx2, plan_quantize, nullptr,
     run_quantize<quantize_line_avx2>},
    {"Quantize", "quantize.rows", Isa::kGeneric, plan_quantize, nullptr,
     run_quantize<quantize_line_generic>},
    {"DequantizeLinear", "dequantize.rows.avx512", Isa::kAvx512, plan_dequantize, nullptr,
     run_dequantize<dequantize_line_avx512>},
    {"DequantizeLinear", "dequantize.rows.avx2", Isa::kAvx2, plan_dequantize, nullptr,
     run_dequantize<dequantize_line_avx2>},
    {"DequantizeLinear", "dequantize.rows", Isa::kGeneric, plan_dequantize, nullptr,
     run_dequantize<dequantize_line_generic>},
};

}  // namespace

std::span<const KernelImpl* const> quant_rows_kernels() {
  static constexpr auto kList = kernel_pointers(kRows);
  return kList;
}

}  // namespace poacl
