// Reference of QuantLinear.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_real.h"

namespace poacl {
namespace {

bool present(const OpInstance& op, size_t input) {
  return op.inputs.size() > input && !op.inputs[input].absent();
}

Status read_addend(const OpInstance& op, QuantRealParams* p) {
  if (!present(op, kRealAddend)) return {};
  const TensorDesc& addend = op.inputs[kRealAddend];
  p->addend = addend.dtype == DataType::kFloat   ? QuantAddend::kFloat
              : addend.dtype == DataType::kInt8  ? QuantAddend::kInt8
              : addend.dtype == DataType::kUint8 ? QuantAddend::kUint8
                                                 : QuantAddend::kNone;
  if (p->addend == QuantAddend::kNone || addend.dims != op.outputs[0].dims) {
    return declined(fmt::format("addend {}{}, y {}", data_type_name(addend.dtype),
                                dims_to_string(addend.dims), dims_to_string(op.outputs[0].dims)));
  }
  p->addend_scale = op.attrs->get_float("addend_scale", 1.0f);
  p->addend_offset = static_cast<int32_t>(op.attrs->get_int("addend_offset"));
  return {};
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  QuantLinearParams params{};
  POACL_RETURN_IF_ERROR(read_quant_linear(op, &params));
  plan->set_params(params);
  return {};
}

float addend_at(const QuantRealParams& p, const void* addend, int64_t at) {
  switch (p.addend) {
    case QuantAddend::kNone:
      return 0.0f;
    case QuantAddend::kFloat:
      return static_cast<const float*>(addend)[at];
    default:
      return static_cast<float>(quant_value(addend, p.addend == QuantAddend::kInt8, at) -
                                p.addend_offset) *
             p.addend_scale;
  }
}

float gelu(float x) {
  return 0.5f * x * (1.0f + std::erf(x * 0.707106781f));
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<QuantLinearParams>();
  const MatMulGeometry& g = p.product.g;
  const QuantFinish finish = make_quant_finish(p.product.result, args.inputs + 5);
  const auto value = [&](size_t input, bool is_signed, int64_t at) {
    return args.inputs[input] == nullptr ? 0 : quant_value(args.inputs[input], is_signed, at);
  };
  const int32_t zero1 = value(2, p.product.signed1, 0);
  (*args.parallel)(g.batch * g.m, [&](int64_t row, int) {
    for (int64_t j = 0; j < g.n; ++j) {
      const int32_t zero2 = value(3, p.product.signed2, p.product.offset2_column * j);
      uint32_t sum = 0;  // wraps around as int32 does
      for (int64_t k = 0; k < g.k; ++k) {
        const int32_t a = value(0, p.product.signed1, row * g.k + k) - zero1;
        const int32_t b = value(1, p.product.signed2, k * g.n + j) - zero2;
        sum += static_cast<uint32_t>(a * b);
      }
      if (p.product.has_bias) {
        sum += static_cast<uint32_t>(static_cast<const int32_t*>(args.inputs[4])[j]);
      }
      const auto total = static_cast<int32_t>(sum);
      const float scale = finish.scale_of(j);
      const bool rounded = p.product.result.kind != QuantKind::kFloat;
      float real = rounded ? static_cast<float>(requantised(total, scale, finish) - finish.offset)
                           : static_cast<float>(total) * scale;
      real *= p.real.scale;
      if (p.real.has_bias) real += static_cast<const float*>(args.inputs[kRealBias])[j];
      if (p.real.gelu) real = gelu(real);
      const int64_t at = row * g.n + j;
      // Without one the operator may have fewer inputs.
      if (p.real.addend != QuantAddend::kNone) {
        real += addend_at(p.real, args.inputs[kRealAddend], at);
      }
      if (p.real.is_float) {
        static_cast<float*>(args.outputs[0])[at] = real;
        continue;
      }
      const float scaled = real * p.real.inverse;
      const float raised = scaled > p.real.low ? scaled : p.real.low;
      const float kept = std::nearbyint(std::min(raised, p.real.high));
      static_cast<uint8_t*>(args.outputs[0])[at] =
          static_cast<uint8_t>(static_cast<int32_t>(kept) + p.real.offset);
    }
  });
}

}  // namespace

Status read_quant_linear(const OpInstance& op, QuantLinearParams* params) {
  QuantLinearParams p{};
  if (op.inputs.size() < 6 || op.inputs[5].absent()) return declined("there is no scale");
  if (op.inputs[1].dims.size() != 2) return declined("the weights are several matrices");
  OpInstance product = op;
  product.inputs = op.inputs.first(std::min<size_t>(7, op.inputs.size()));
  const TensorDesc sums{present(op, 6) ? op.inputs[6].dtype : DataType::kFloat, op.outputs[0].dims};
  product.outputs = {&sums, 1};
  POACL_RETURN_IF_ERROR(read_quant_matmul(product, &p.product));
  if (p.product.has_offset1 && element_count(op.inputs[2].dims) != 1) {
    return declined("several x1_offsets");
  }
  p.real.scale = present(op, 6) ? op.attrs->get_float("real_scale", 1.0f) : 1.0f;
  p.real.has_bias = present(op, kRealBias);
  if (p.real.has_bias && (op.inputs[kRealBias].dtype != DataType::kFloat ||
                          op.inputs[kRealBias].dims != Dims{p.product.g.n})) {
    return declined(fmt::format("real_bias {}{}: {} numbers of float wanted",
                                data_type_name(op.inputs[kRealBias].dtype),
                                dims_to_string(op.inputs[kRealBias].dims), p.product.g.n));
  }
  p.real.gelu = op.attrs->get_bool("gelu");
  POACL_RETURN_IF_ERROR(read_addend(op, &p.real));
  const DataType type = op.outputs[0].dtype;
  p.real.is_float = type == DataType::kFloat;
  p.real.is_signed = type == DataType::kInt8;
  if (!p.real.is_float && !is_quant_type(type)) {
    return declined("y is " + std::string(data_type_name(type)));
  }
  p.real.inverse = 1.0f / op.attrs->get_float("y_scale", 1.0f);
  p.real.offset = static_cast<int32_t>(op.attrs->get_int("y_zero"));
  p.real.low = static_cast<float>((p.real.is_signed ? -128 : 0) - p.real.offset);
  p.real.high = p.real.low + 255.0f;
  *params = p;
  return {};
}

const KernelImpl kQuantLinearRef = {
    "QuantLinear", "quant_linear.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
