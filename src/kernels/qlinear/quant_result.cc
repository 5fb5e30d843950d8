#include "kernels/qlinear/quant_result.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace poacl {
namespace {

bool present(const OpInstance& op, size_t input) {
  return op.inputs.size() > input && !op.inputs[input].absent();
}

template <typename T, typename Result>
void write_all(const int32_t* sums, const QuantFinish& f, int64_t channel, int64_t channel_step,
               void* y, int64_t first, int64_t count, const Result& result) {
  T* to = static_cast<T*>(y) + first;
  const float* scale = f.scale + channel * f.scale_step;
  const int64_t step = channel_step * f.scale_step;
  if (step == 0) {
    const float factor = *scale;
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<T>(result(sums[i], factor));
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<T>(result(sums[i], scale[i * step]));
  }
}

Status read_residual(const OpInstance& op, size_t input, QuantResultParams* p) {
  const TensorDesc& residual = op.inputs[input];
  const DataType type = op.outputs[0].dtype;
  if (p->kind != QuantKind::kInt8 && p->kind != QuantKind::kUint8) {
    return declined("a residual is added to something else than eight bits");
  }
  if ((residual.dtype != DataType::kInt8 && residual.dtype != DataType::kUint8) ||
      (type != DataType::kInt8 && type != DataType::kUint8) ||
      residual.dims != op.outputs[0].dims) {
    return declined(fmt::format("residual {}{}, y {}{}", data_type_name(residual.dtype),
                                dims_to_string(residual.dims), data_type_name(type),
                                dims_to_string(op.outputs[0].dims)));
  }
  p->has_residual = true;
  p->residual_first = op.attrs->get_bool("residual_first");
  const bool signed_residual = residual.dtype == DataType::kInt8;
  const bool signed_result = p->kind == QuantKind::kInt8;
  p->sum.signed1 = p->residual_first ? signed_residual : signed_result;
  p->sum.signed2 = p->residual_first ? signed_result : signed_residual;
  set_quant_sum(*op.attrs, "sum_", type, &p->sum);
  return {};
}

// Results with the residual added.
void write_sums(const QuantResultParams& p, const QuantFinish& f, const int32_t* sums,
                int64_t channel, int64_t channel_step, void* y, int64_t first, int64_t count) {
  const bool is_signed = p.residual_first ? p.sum.signed1 : p.sum.signed2;
  for (int64_t i = 0; i < count; ++i) {
    const int32_t result = requantised(sums[i], f.scale_of(channel + i * channel_step), f);
    const int32_t residual = is_signed ? static_cast<const int8_t*>(f.residual)[first + i]
                                       : static_cast<const uint8_t*>(f.residual)[first + i];
    const int32_t sum =
        p.residual_first ? quant_sum(p.sum, residual, result) : quant_sum(p.sum, result, residual);
    static_cast<uint8_t*>(y)[first + i] = static_cast<uint8_t>(sum);
  }
}

}  // namespace

Status read_quant_result(const OpInstance& op, size_t scale, int64_t channels,
                         QuantResultParams* params) {
  QuantResultParams p{};
  const DataType type = op.outputs[0].dtype;
  if (!present(op, scale)) {
    if (type != DataType::kInt32) {
      return declined(fmt::format("y is {} and there is no scale", data_type_name(type)));
    }
    *params = p;
    return {};
  }
  const int64_t count = element_count(op.inputs[scale].dims);
  if (op.inputs[scale].dtype != DataType::kFloat || (count != 1 && count != channels)) {
    return declined(fmt::format("scale {}{}: 1 or {} numbers of float wanted",
                                data_type_name(op.inputs[scale].dtype),
                                dims_to_string(op.inputs[scale].dims), channels));
  }
  p.scale_per_channel = count > 1;
  const bool has_offset = present(op, scale + 1);
  const bool has_residual = present(op, scale + 2);
  const DataType scaled = has_offset ? op.inputs[scale + 1].dtype : DataType::kFloat;
  p.kind = scaled == DataType::kFloat   ? QuantKind::kFloat
           : scaled == DataType::kInt8  ? QuantKind::kInt8
           : scaled == DataType::kUint8 ? QuantKind::kUint8
                                        : QuantKind::kSums;
  if (p.kind == QuantKind::kSums || (scaled != type && !has_residual) ||
      (has_offset && element_count(op.inputs[scale + 1].dims) != 1)) {
    return declined(fmt::format("y is {}, the scaled sums are {}", data_type_name(type),
                                data_type_name(scaled)));
  }
  if (has_residual) POACL_RETURN_IF_ERROR(read_residual(op, scale + 2, &p));
  const int64_t low = p.kind == QuantKind::kInt8 ? -128 : 0;
  p.clip_low =
      static_cast<int32_t>(std::clamp<int64_t>(op.attrs->get_int("clip_low", low), low, low + 255));
  p.clip_high = static_cast<int32_t>(
      std::clamp<int64_t>(op.attrs->get_int("clip_high", low + 255), p.clip_low, low + 255));
  *params = p;
  return {};
}

QuantFinish make_quant_finish(const QuantResultParams& params, const void* const* inputs) {
  QuantFinish f{};
  if (params.kind == QuantKind::kSums) return f;
  f.scale = static_cast<const float*>(inputs[0]);
  f.scale_step = params.scale_per_channel ? 1 : 0;
  if (params.kind == QuantKind::kInt8) f.offset = *static_cast<const int8_t*>(inputs[1]);
  if (params.kind == QuantKind::kUint8) f.offset = *static_cast<const uint8_t*>(inputs[1]);
  f.low = static_cast<float>(params.clip_low - f.offset);
  f.high = static_cast<float>(params.clip_high - f.offset);
  if (params.has_residual) f.residual = inputs[2];
  return f;
}

void finish_sums(const QuantResultParams& params, const QuantFinish& finish, const int32_t* sums,
                 int64_t channel, int64_t channel_step, void* y, int64_t first, int64_t count) {
  if (params.has_residual) {
    return write_sums(params, finish, sums, channel, channel_step, y, first, count);
  }
  const auto byte = [&finish](int32_t sum, float scale) { return requantised(sum, scale, finish); };
  const auto real = [](int32_t sum, float scale) { return static_cast<float>(sum) * scale; };
  switch (params.kind) {
    case QuantKind::kSums:
      std::memmove(static_cast<int32_t*>(y) + first, sums,
                   static_cast<size_t>(count) * sizeof(int32_t));
      return;
    case QuantKind::kFloat:
      return write_all<float>(sums, finish, channel, channel_step, y, first, count, real);
    case QuantKind::kInt8:
      return write_all<int8_t>(sums, finish, channel, channel_step, y, first, count, byte);
    case QuantKind::kUint8:
      return write_all<uint8_t>(sums, finish, channel, channel_step, y, first, count, byte);
  }
}

}  // namespace poacl
