#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/isa.h"
#include "kernels/int8/int8_conv.h"
#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {
namespace {

const Tensor* constant_of(const OpInstance& op, size_t input) {
  return input < op.constants.size() ? op.constants[input] : nullptr;
}

bool present(const OpInstance& op, size_t input) {
  return op.inputs.size() > input && !op.inputs[input].absent();
}

}  // namespace

Status require_machine(const Int8Machine& machine) {
  if (!machine.vnni || cpu_has_vnni()) return {};
  return declined("the CPU has no AVX-512 VNNI and VBMI");
}

Status require_constant(const OpInstance& op, size_t input, const char* what) {
  if (!present(op, input) || constant_of(op, input) != nullptr) return {};
  return declined(fmt::format("{} is not a constant", what));
}

Status require_int8_weights(const OpInstance& op) {
  if (constant_of(op, 1) == nullptr || op.inputs[1].dtype != DataType::kInt8) {
    return declined("the weights are not int8 constants");
  }
  POACL_RETURN_IF_ERROR(require_constant(op, 2, "x_offset"));
  POACL_RETURN_IF_ERROR(require_constant(op, 3, "the weights' offset"));
  POACL_RETURN_IF_ERROR(require_constant(op, 4, "bias"));
  if (present(op, 2) && constant_of(op, 2)->count() != 1) return declined("several x_offsets");
  if (!present(op, 3)) return {};
  const auto zeros = constant_of(op, 3)->as<int8_t>();
  if (std::any_of(zeros.begin(), zeros.end(), [](int8_t z) { return z != 0; })) {
    return declined("the weights' offset is not 0");
  }
  return {};
}

int32_t int8_x_zero(const OpInstance& op) {
  if (!present(op, 2)) return 0;
  return quant_value(constant_of(op, 2)->buffer.data(), op.inputs[2].dtype == DataType::kInt8, 0);
}

Status read_int8_finish(const OpInstance& op, int64_t channels, Int8Finish* finish) {
  POACL_RETURN_IF_ERROR(require_constant(op, 5, "scale"));
  POACL_RETURN_IF_ERROR(require_constant(op, 6, "y_offset"));
  QuantResultParams result{};
  POACL_RETURN_IF_ERROR(read_quant_result(op, 5, channels, &result));
  const Tensor* operands[2] = {constant_of(op, 5), constant_of(op, 6)};
  const void* pointers[3] = {};
  for (size_t i = 0; i < 2; ++i) {
    if (operands[i] != nullptr) pointers[i] = operands[i]->buffer.data();
  }
  const QuantFinish numbers = make_quant_finish(result, pointers);
  *finish = {result.kind,         numbers.offset,        result.clip_low, result.clip_high,
             result.has_residual, result.residual_first, result.sum};
  return {};
}

Status require_unclipped(const OpInstance& op, const Int8Finish& finish) {
  if (finish.kind != QuantKind::kInt8 && finish.kind != QuantKind::kUint8) return {};
  for (const float scale : constant_of(op, 5)->as<float>()) {
    if (!(std::abs(scale) < 1.0f))
      return declined(fmt::format("a scale of {}, less than 1 wanted", scale));
  }
  const QuantAddParams& sum = finish.sum;
  const float most =
      (std::abs(sum.factor1) + std::abs(sum.factor2)) * 256.0f + std::abs(sum.constant);
  constexpr float kMost = 0x1p30f;
  if (finish.has_residual && !(most < kMost)) {
    return declined(fmt::format("sums with the residual of up to {}, {} wanted", most, kMost));
  }
  return {};
}

void pack_int8_epilogue(const OpInstance& op, const Int8Finish& finish, int32_t x_zero,
                        const std::vector<int32_t>& weight_sums, int64_t group_channels,
                        int64_t group_blocks, std::byte* dst) {
  const auto channels = static_cast<int64_t>(weight_sums.size());
  const int64_t numbers = channels / group_channels * group_blocks * 16;
  auto* biases = reinterpret_cast<int32_t*>(dst);
  auto* scales = reinterpret_cast<float*>(dst) + numbers;
  const Tensor* bias = constant_of(op, 4);
  const Tensor* scale = finish.kind == QuantKind::kSums ? nullptr : constant_of(op, 5);
  // What the kernel multiplies is x, made unsigned, and so is its zero point.
  const int32_t zero = op.inputs[0].dtype == DataType::kInt8 ? x_zero + 128 : x_zero;
  for (int64_t c = 0; c < channels; ++c) {
    const int64_t at = c / group_channels * group_blocks * 16 + c % group_channels;
    const auto i = static_cast<size_t>(c);
    const uint32_t start = bias == nullptr ? 0u : static_cast<uint32_t>(bias->as<int32_t>()[i]);
    biases[at] = static_cast<int32_t>(start - static_cast<uint32_t>(zero) *
                                                  static_cast<uint32_t>(weight_sums[i]));
    if (scale != nullptr) scales[at] = scale->as<float>()[scale->count() == 1 ? 0 : i];
  }
}

}  // namespace poacl
