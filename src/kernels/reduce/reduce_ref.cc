// Reference of the reductions: for each result, walk over everything that goes into it.
#include <limits>
#include <type_traits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/reduce/reduce_kernels.h"

namespace poacl {
namespace {

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

template <typename T>
void run_typed(const KernelArgs& args, const ReduceParams& p) {
  // Sums wrap around for integers and keep double precision for floats.
  using Sum = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;
  const T* x = static_cast<const T*>(args.inputs[0]);
  T* y = static_cast<T*>(args.outputs[0]);
  for (int64_t o = 0; o < p.outputs; ++o) {
    const int64_t base = offset_of(p, false, o);
    Sum sum = p.kind == ReduceKind::kProd ? Sum{1} : Sum{0};
    T best = p.kind == ReduceKind::kMax ? std::numeric_limits<T>::lowest()
                                        : std::numeric_limits<T>::max();
    if constexpr (std::is_floating_point_v<T>) {
      best = p.kind == ReduceKind::kMax ? -std::numeric_limits<T>::infinity()
                                        : std::numeric_limits<T>::infinity();
    }
    for (int64_t i = 0; i < p.length; ++i) {
      const T v = x[base + offset_of(p, true, i)];
      switch (p.kind) {
        case ReduceKind::kMean:
        case ReduceKind::kSum:
          sum += static_cast<Sum>(v);
          break;
        case ReduceKind::kProd:
          sum *= static_cast<Sum>(v);
          break;
        case ReduceKind::kMax:
          best = v > best || v != v ? v : best;
          break;
        case ReduceKind::kMin:
          best = v < best || v != v ? v : best;
          break;
      }
    }
    if (p.kind == ReduceKind::kMax || p.kind == ReduceKind::kMin) {
      y[o] = best;
    } else if (p.kind != ReduceKind::kMean) {
      y[o] = static_cast<T>(sum);
    } else if constexpr (std::is_floating_point_v<T>) {
      y[o] = static_cast<T>(sum / static_cast<double>(p.length));
    } else if constexpr (std::is_signed_v<T>) {
      y[o] = p.length == 0 ? T{0} : static_cast<T>(static_cast<int64_t>(sum) / p.length);
    } else {
      y[o] = p.length == 0 ? T{0} : static_cast<T>(sum / static_cast<uint64_t>(p.length));
    }
  }
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
};

}  // namespace

std::span<const KernelImpl* const> reduce_reference_kernels() {
  static const KernelImpl* const kList[] = {&kReference[0], &kReference[1], &kReference[2],
                                            &kReference[3], &kReference[4]};
  return kList;
}

}  // namespace poacl
