// Reference of the unary operators: f(x) element by element.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/eltwise/unary_op.h"
#include "kernels/kernel_list.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 4096;

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  UnaryParams params{};
  POACL_RETURN_IF_ERROR(read_unary(op, &params));
  if (!is_arithmetic_type(params.dtype)) {
    return declined("type " + std::string(data_type_name(params.dtype)));
  }
  plan->set_params(params);
  return {};
}

// Integers keep all their bits, which a double would not.
template <typename T>
T evaluate_integer(const UnaryParams& p, T x, T low, T high) {
  using U = std::make_unsigned_t<T>;
  switch (p.kind) {
    case UnaryKind::kRelu:
      return x < T{0} ? T{0} : x;
    case UnaryKind::kRelu6:
      return x < T{0} ? T{0} : x > T{6} ? T{6} : x;
    case UnaryKind::kClip:
      if (x < low) x = low;
      return x > high ? high : x;
    case UnaryKind::kAbs:
      return x < T{0} ? static_cast<T>(U{0} - static_cast<U>(x)) : x;
    case UnaryKind::kNeg:
      return static_cast<T>(U{0} - static_cast<U>(x));
    case UnaryKind::kSign:
      return x > T{0} ? T{1} : x < T{0} ? static_cast<T>(-1) : T{0};
    case UnaryKind::kLogicalNot:
      return x == T{0} ? T{1} : T{0};
    case UnaryKind::kInvert:
      return static_cast<T>(~x);
    case UnaryKind::kShrink:
      return static_cast<T>(evaluate_unary(p, static_cast<double>(x)));
    default:
      return x;  // shape inference admits no other integer operator
  }
}

template <typename T>
void run_typed(const KernelArgs& args, UnaryParams p) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  T* y = static_cast<T*>(args.outputs[0]);
  T low = std::numeric_limits<T>::lowest();
  T high = std::numeric_limits<T>::max();
  if (p.kind == UnaryKind::kClip) {
    // The bounds' own tensors: exact for every type.
    if (p.has_low) low = *static_cast<const T*>(args.inputs[1]);
    if (p.has_high) high = *static_cast<const T*>(args.inputs[2]);
  }
  const auto one = [&](T v) -> T {
    if constexpr (std::is_integral_v<T>) {
      return evaluate_integer<T>(p, v, low, high);
    } else if (p.kind == UnaryKind::kClip) {
      const T above = p.has_low && v < low ? low : v;
      return p.has_high && above > high ? high : above;
    } else {
      return static_cast<T>(evaluate_unary(p, static_cast<double>(v)));
    }
  };
  (*args.parallel)((p.count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
    const int64_t end = std::min(p.count, (chunk + 1) * kChunk);
    for (int64_t i = chunk * kChunk; i < end; ++i) y[i] = one(x[i]);
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<UnaryParams>();
  dispatch_arithmetic(p.dtype, [&](auto zero) { run_typed<decltype(zero)>(args, p); });
}

constexpr KernelImpl reference(const char* op, const char* name) {
  return KernelImpl{op, name, Isa::kGeneric, plan, nullptr, run};
}

constexpr KernelImpl kReference[] = {
    reference("Relu", "relu.ref"),
    reference("Relu6", "relu6.ref"),
    reference("LeakyRelu", "leaky_relu.ref"),
    reference("Sigmoid", "sigmoid.ref"),
    reference("Tanh", "tanh.ref"),
    reference("HardSigmoid", "hard_sigmoid.ref"),
    reference("HardSwish", "hard_swish.ref"),
    reference("Swish", "swish.ref"),
    reference("Elu", "elu.ref"),
    reference("Selu", "selu.ref"),
    reference("Softplus", "softplus.ref"),
    reference("Softsign", "softsign.ref"),
    reference("Gelu", "gelu.ref"),
    reference("Erf", "erf.ref"),
    reference("Exp", "exp.ref"),
    reference("Log", "log.ref"),
    reference("Sqrt", "sqrt.ref"),
    reference("Rsqrt", "rsqrt.ref"),
    reference("Reciprocal", "reciprocal.ref"),
    reference("Abs", "abs.ref"),
    reference("Neg", "neg.ref"),
    reference("Sign", "sign.ref"),
    reference("Floor", "floor.ref"),
    reference("Ceil", "ceil.ref"),
    reference("Round", "round.ref"),
    reference("Sin", "sin.ref"),
    reference("Cos", "cos.ref"),
    reference("Tan", "tan.ref"),
    reference("Sinh", "sinh.ref"),
    reference("Cosh", "cosh.ref"),
    reference("Asin", "asin.ref"),
    reference("Acos", "acos.ref"),
    reference("Atan", "atan.ref"),
    reference("Asinh", "asinh.ref"),
    reference("Acosh", "acosh.ref"),
    reference("Atanh", "atanh.ref"),
    reference("CeluV2", "celu.ref"),
    reference("Mish", "mish.ref"),
    reference("Shrink", "shrink.ref"),
    reference("ThresholdedRelu", "thresholded_relu.ref"),
    reference("Invert", "invert.ref"),
    reference("GeluV2", "gelu_v2.ref"),
    reference("LogicalNot", "logical_not.ref"),
    reference("ClipByValue", "clip_by_value.ref"),
};

}  // namespace

std::span<const KernelImpl* const> unary_reference_kernels() {
  static constexpr auto kList = kernel_pointers(kReference);
  return kList;
}

}  // namespace poacl
