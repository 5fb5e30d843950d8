// Reference of the reductions: for each result, walk over everything that goes into it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/kernel_list.h"
#include "kernels/reduce/reduce_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 4096;  // elements read

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  ReduceParams params{};
  POACL_RETURN_IF_ERROR(read_reduce(op, &params));
  plan->set_params(params);
  return {};
}

// Offset of number `index` in the row-major order of the dimensions whose flag is `which`.
int64_t offset_of(const ReduceParams& p, bool which, int64_t index) {
  int64_t offset = 0;
  int64_t stride = 1;
  for (int d = p.rank - 1; d >= 0; --d) {
    if (p.reduced[d] == which) {
      offset += index % p.dims[d] * stride;
      index /= p.dims[d];
    }
    stride *= p.dims[d];
  }
  return offset;
}

// The value in the result's type; reals that an integer cannot hold become its nearest end.
template <typename T>
T narrowed(double value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    if (!(value > static_cast<double>(std::numeric_limits<T>::lowest()))) {
      return std::numeric_limits<T>::lowest();
    }
    if (value >= std::ldexp(1.0, std::numeric_limits<T>::digits)) {
      return std::numeric_limits<T>::max();
    }
    return static_cast<T>(value);
  }
}

template <typename T, typename Next>
T largest_or_least(const ReduceParams& p, Next&& next) {
  using Limits = std::numeric_limits<T>;
  T best = p.kind == ReduceKind::kMax ? Limits::lowest() : Limits::max();
  if (Limits::has_infinity) {
    best = p.kind == ReduceKind::kMax ? -Limits::infinity() : Limits::infinity();
  }
  if (p.dtype == DataType::kBool) best = p.kind == ReduceKind::kMax ? T{0} : T{1};
  for (int64_t i = 0; i < p.length; ++i) {
    const T v = next(i);
    const bool better = p.kind == ReduceKind::kMax ? v > best : v < best;
    best = better || v != v ? v : best;
  }
  return best;
}

// Stable: the largest element is taken out of the exponents.
template <typename T, typename Next>
T log_sum_exp(const ReduceParams& p, Next&& next) {
  double most = -std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < p.length; ++i) {
    const double v = static_cast<double>(next(i));
    most = v > most || v != v ? v : most;
  }
  if (std::isinf(most) || most != most) return narrowed<T>(most);
  double sum = 0;
  for (int64_t i = 0; i < p.length; ++i) sum += std::exp(static_cast<double>(next(i)) - most);
  return narrowed<T>(most + std::log(sum));
}

template <typename T, typename Next>
T sum_like(const ReduceParams& p, Next&& next) {
  // Sums wrap around for integers and keep double precision for floats.
  using Sum = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;
  Sum sum = p.kind == ReduceKind::kProd ? Sum{1} : Sum{0};
  for (int64_t i = 0; i < p.length; ++i) {
    const T element = next(i);
    const Sum v = static_cast<Sum>(element);
    switch (p.kind) {
      case ReduceKind::kProd:
        sum *= v;
        break;
      case ReduceKind::kL1:
        sum += element < T{0} ? Sum{0} - v : v;
        break;
      case ReduceKind::kL2:
      case ReduceKind::kSumSquare:
        sum += v * v;
        break;
      default:
        sum += v;
        break;
    }
  }
  // Back to the sign that an integer sum has.
  using Signed = std::conditional_t<std::is_floating_point_v<T>, double,
                                    std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>>;
  const Signed total = static_cast<Signed>(sum);
  switch (p.kind) {
    case ReduceKind::kMean:
      if (std::is_integral_v<T> && p.length == 0) return T{0};
      return static_cast<T>(total / static_cast<Signed>(p.length));
    case ReduceKind::kL2:
      return narrowed<T>(std::sqrt(static_cast<double>(total)));
    case ReduceKind::kLogSum:
      return narrowed<T>(std::log(static_cast<double>(total)));
    default:
      return static_cast<T>(sum);
  }
}

template <typename T>
void run_typed(const KernelArgs& args, const ReduceParams& p) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  T* y = static_cast<T*>(args.outputs[0]);
  const int64_t per_chunk = std::max<int64_t>(1, kChunk / std::max<int64_t>(1, p.length));
  (*args.parallel)((p.outputs + per_chunk - 1) / per_chunk, [&](int64_t chunk, int) {
    const int64_t end = std::min(p.outputs, (chunk + 1) * per_chunk);
    for (int64_t o = chunk * per_chunk; o < end; ++o) {
      const int64_t base = offset_of(p, false, o);
      const auto next = [&](int64_t i) { return x[base + offset_of(p, true, i)]; };
      if (p.kind == ReduceKind::kMax || p.kind == ReduceKind::kMin) {
        y[o] = largest_or_least<T>(p, next);
      } else if (p.kind == ReduceKind::kLogSumExp) {
        y[o] = log_sum_exp<T>(p, next);
      } else {
        y[o] = sum_like<T>(p, next);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<ReduceParams>();
  dispatch_arithmetic(p.dtype, [&](auto zero) { run_typed<decltype(zero)>(args, p); });
}

constexpr KernelImpl kReference[] = {
    {"ReduceMean", "reduce_mean.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceSum", "reduce_sum.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceMax", "reduce_max.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceMin", "reduce_min.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceProd", "reduce_prod.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceL1", "reduce_l1.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceL2", "reduce_l2.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceSumSquare", "reduce_sum_square.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceLogSum", "reduce_log_sum.ref", Isa::kGeneric, plan, nullptr, run},
    {"ReduceLogSumExp", "reduce_log_sum_exp.ref", Isa::kGeneric, plan, nullptr, run},
};

}  // namespace

std::span<const KernelImpl* const> reduce_reference_kernels() {
  static constexpr auto kList = kernel_pointers(kReference);
  return kList;
}

}  // namespace poacl
