// Reference of the binary operators: one output element after another.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/eltwise/binary_op.h"
#include "kernels/eltwise/type_dispatch.h"
#include "kernels/kernel_list.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 4096;

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  BinaryParams params{};
  POACL_RETURN_IF_ERROR(read_binary(op, &params));
  if (!is_arithmetic_type(params.dtype) || !is_arithmetic_type(params.second)) {
    return declined("type " + std::string(data_type_name(params.dtype)));
  }
  if (params.activation.kind != ActivationKind::kNone && params.dtype != DataType::kFloat) {
    return declined("activation on a type other than float");
  }
  plan->set_params(params);
  return {};
}

// Where repeated multiplication has no meaning: computed in double, cut to the type's range.
template <typename T>
T real_power(T base, double exponent) {
  const double value = std::pow(static_cast<double>(base), exponent);
  if (std::isnan(value)) return T{0};
  if (value >= std::ldexp(1.0, std::numeric_limits<T>::digits)) {
    return std::numeric_limits<T>::max();
  }
  if (value <= static_cast<double>(std::numeric_limits<T>::lowest())) {
    return std::numeric_limits<T>::lowest();
  }
  return static_cast<T>(value);
}

// Wraps around on overflow; a negative exponent leaves only 1 and -1.
template <typename T>
T integer_power(T base, double exponent) {
  if (exponent != std::trunc(exponent) || std::fabs(exponent) >= 1e18) {
    return real_power(base, exponent);
  }
  if (exponent < 0) {
    if (base == T{1}) return T{1};
    if (std::is_signed_v<T> && base == static_cast<T>(-1)) {
      return std::fmod(exponent, 2.0) == 0 ? T{1} : base;
    }
    return T{0};
  }
  uint64_t result = 1;
  uint64_t factor = static_cast<uint64_t>(base);
  for (uint64_t n = static_cast<uint64_t>(exponent); n != 0; n >>= 1) {
    if (n & 1) result *= factor;
    factor *= factor;
  }
  return static_cast<T>(result);
}

template <typename T>
T integer_remainder(BinaryKind kind, T a, T b) {
  if (b == T{0} || (std::is_signed_v<T> && b == static_cast<T>(-1))) return T{0};
  const T rest = static_cast<T>(a % b);
  const bool other_sign = rest != T{0} && (rest < T{0}) != (b < T{0});
  return kind == BinaryKind::kFloorMod && other_sign ? static_cast<T>(rest + b) : rest;
}

// Integer arithmetic wraps around; division by zero gives 0, since a run cannot fail.
template <typename T>
T integer_arithmetic(BinaryKind kind, T a, T b) {
  const uint64_t x = static_cast<uint64_t>(a);
  const uint64_t y = static_cast<uint64_t>(b);
  switch (kind) {
    case BinaryKind::kAdd:
      return static_cast<T>(x + y);
    case BinaryKind::kSub:
      return static_cast<T>(x - y);
    case BinaryKind::kMul:
      return static_cast<T>(x * y);
    case BinaryKind::kDiv:
      if (b == T{0}) return T{0};
      if (std::is_signed_v<T> && b == static_cast<T>(-1)) return static_cast<T>(0 - x);
      return static_cast<T>(a / b);
    case BinaryKind::kMaximum:
      return a > b ? a : b;
    case BinaryKind::kMinimum:
      return a < b ? a : b;
    case BinaryKind::kPRelu:
      return a < T{0} ? static_cast<T>(x * y) : a;
    case BinaryKind::kMod:
    case BinaryKind::kFloorMod:
      return integer_remainder(kind, a, b);
    case BinaryKind::kBitwiseAnd:
      return static_cast<T>(x & y);
    case BinaryKind::kBitwiseOr:
      return static_cast<T>(x | y);
    case BinaryKind::kBitwiseXor:
      return static_cast<T>(x ^ y);
    case BinaryKind::kLeftShift:
      return y < 8 * sizeof(T) ? static_cast<T>(x << y) : T{0};
    case BinaryKind::kRightShift:
      if (y < 8 * sizeof(T)) return static_cast<T>(a >> y);
      return a < T{0} ? static_cast<T>(-1) : T{0};
    default:
      return a;
  }
}

template <typename T>
T float_arithmetic(BinaryKind kind, T a, T b) {
  switch (kind) {
    case BinaryKind::kAdd:
      return a + b;
    case BinaryKind::kSub:
      return a - b;
    case BinaryKind::kMul:
      return a * b;
    case BinaryKind::kDiv:
      return a / b;
    case BinaryKind::kMaximum:
      return a > b || a != a ? a : b;
    case BinaryKind::kMinimum:
      return a < b || a != a ? a : b;
    case BinaryKind::kPRelu:
      return a < 0 ? a * b : a;
    case BinaryKind::kMod:
      return std::fmod(a, b);
    case BinaryKind::kFloorMod: {
      const T rest = std::fmod(a, b);
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }
    default:
      return a;
  }
}

template <typename T>
bool compare(BinaryKind kind, T a, T b) {
  switch (kind) {
    case BinaryKind::kEqual:
      return a == b;
    case BinaryKind::kNotEqual:
      return a != b;
    case BinaryKind::kGreater:
      return a > b;
    case BinaryKind::kGreaterEqual:
      return a >= b;
    case BinaryKind::kLess:
      return a < b;
    case BinaryKind::kLessEqual:
      return a <= b;
    case BinaryKind::kAnd:
      return a != T{0} && b != T{0};
    case BinaryKind::kOr:
      return a != T{0} || b != T{0};
    case BinaryKind::kXor:
      return (a != T{0}) != (b != T{0});
    default:
      return false;
  }
}

template <typename T, typename Out, typename Second = T, typename F>
void for_each_pair(const KernelArgs& args, const Broadcast& b, F&& f) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  const Second* y = static_cast<const Second*>(args.inputs[1]);
  Out* out = static_cast<Out*>(args.outputs[0]);
  (*args.parallel)((b.count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
    const int64_t end = std::min(b.count, (chunk + 1) * kChunk);
    BroadcastWalk walk(b, b.rank, chunk * kChunk);
    for (int64_t i = chunk * kChunk; i < end; ++i, walk.next()) {
      out[i] = f(x[walk.offset[0]], y[walk.offset[1]]);
    }
  });
}

template <typename T>
void run_pow(const KernelArgs& args, const BinaryParams& p) {
  dispatch_arithmetic(p.second, [&](auto zero) {
    using Exponent = decltype(zero);
    for_each_pair<T, T, Exponent>(args, p.broadcast, [&](T base, Exponent exponent) {
      if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
      } else {
        return integer_power<T>(base, static_cast<double>(exponent));
      }
    });
  });
}

template <typename T>
void run_typed(const KernelArgs& args, const BinaryParams& p) {
  if (p.kind == BinaryKind::kPow) {
    run_pow<T>(args, p);
  } else if (p.kind >= BinaryKind::kEqual) {
    for_each_pair<T, uint8_t>(args, p.broadcast, [&](T a, T b) { return compare(p.kind, a, b); });
  } else if constexpr (std::is_same_v<T, float>) {
    for_each_pair<T, T>(args, p.broadcast, [&](T a, T b) {
      return apply_activation(p.activation, float_arithmetic(p.kind, a, b));
    });
  } else if constexpr (std::is_floating_point_v<T>) {
    for_each_pair<T, T>(args, p.broadcast,
                        [&](T a, T b) { return float_arithmetic(p.kind, a, b); });
  } else {
    for_each_pair<T, T>(args, p.broadcast,
                        [&](T a, T b) { return integer_arithmetic(p.kind, a, b); });
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<BinaryParams>();
  dispatch_arithmetic(p.dtype, [&](auto zero) { run_typed<decltype(zero)>(args, p); });
}

constexpr KernelImpl reference(const char* op, const char* name) {
  return KernelImpl{op, name, Isa::kGeneric, plan, nullptr, run};
}

constexpr KernelImpl kReference[] = {
    reference("Add", "add.ref"),
    reference("Sub", "sub.ref"),
    reference("Mul", "mul.ref"),
    reference("RealDiv", "real_div.ref"),
    reference("Maximum", "maximum.ref"),
    reference("Minimum", "minimum.ref"),
    reference("Pow", "pow.ref"),
    reference("PRelu", "prelu.ref"),
    reference("Mod", "mod.ref"),
    reference("FloorMod", "floor_mod.ref"),
    reference("BitwiseAnd", "bitwise_and.ref"),
    reference("BitwiseOr", "bitwise_or.ref"),
    reference("BitwiseXor", "bitwise_xor.ref"),
    reference("LeftShift", "left_shift.ref"),
    reference("RightShift", "right_shift.ref"),
    reference("Equal", "equal.ref"),
    reference("NotEqual", "not_equal.ref"),
    reference("Greater", "greater.ref"),
    reference("GreaterEqual", "greater_equal.ref"),
    reference("Less", "less.ref"),
    reference("LessEqual", "less_equal.ref"),
    reference("LogicalAnd", "logical_and.ref"),
    reference("LogicalOr", "logical_or.ref"),
    reference("LogicalXor", "logical_xor.ref"),
};

}  // namespace

std::span<const KernelImpl* const> binary_reference_kernels() {
  static constexpr auto kList = kernel_pointers(kReference);
  return kList;
}

}  // namespace poacl
