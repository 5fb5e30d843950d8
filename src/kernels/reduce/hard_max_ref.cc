// HardMax: 1 at the first largest element along one dimension, 0 elsewhere.
#include <algorithm>
#include <type_traits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/reduce/reduce_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType dtype;
  int64_t outer, length, inner;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& dims = op.inputs[0].dims;
  const int64_t rank = static_cast<int64_t>(dims.size());
  int64_t axis = op.attrs->get_int("axis", -1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return declined("axis out of range");
  if (!is_arithmetic_type(op.inputs[0].dtype)) {
    return declined("type " + std::string(data_type_name(op.inputs[0].dtype)));
  }
  const std::span<const int64_t> all(dims);
  plan->set_params(Params{op.inputs[0].dtype, element_count(all.first(static_cast<size_t>(axis))),
                          dims[static_cast<size_t>(axis)],
                          element_count(all.subspan(static_cast<size_t>(axis) + 1))});
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto kind) {
    using T = decltype(kind);
    const T* x = static_cast<const T*>(args.inputs[0]);
    T* y = static_cast<T*>(args.outputs[0]);
    (*args.parallel)(p.outer, [&](int64_t o, int) {
      for (int64_t i = 0; i < p.inner; ++i) {
        const int64_t start = o * p.length * p.inner + i;
        int64_t best = 0;
        for (int64_t k = 0; k < p.length; ++k) {
          if (x[start + k * p.inner] > x[start + best * p.inner]) best = k;
        }
        for (int64_t k = 0; k < p.length; ++k) y[start + k * p.inner] = k == best ? T{1} : T{0};
      }
    });
  });
}

}  // namespace

const KernelImpl kHardMaxRef = {"HardMax", "hard_max.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
