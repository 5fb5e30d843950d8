// Reference of the unary operators: f(x) element by element.
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/eltwise/unary_op.h"

namespace poacl {
namespace {

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
  for (int64_t i = 0; i < p.count; ++i) {
    if constexpr (std::is_floating_point_v<T>) {
      if (p.kind == UnaryKind::kClip) {
        const T above = p.has_low && x[i] < low ? low : x[i];
        y[i] = p.has_high && above > high ? high : above;
      } else {
        y[i] = static_cast<T>(evaluate_unary(p, static_cast<double>(x[i])));
      }
    } else {
      y[i] = evaluate_integer<T>(p, x[i], low, high);
    }
  }
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
    reference("LogicalNot", "logical_not.ref"),
    reference("ClipByValue", "clip_by_value.ref"),
};

}  // namespace

std::span<const KernelImpl* const> unary_reference_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    std::vector<const KernelImpl*> all;
    for (const KernelImpl& kernel : kReference) all.push_back(&kernel);
    return all;
  }();
  return list;
}

}  // namespace poacl
