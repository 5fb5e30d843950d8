// OneHot: on_value where an index names the position along the new dimension, off_value elsewhere.
// Negative indices count from the end; those outside of the dimension name no position.
#include "kernels/eltwise/type_dispatch.h"
#include "kernels/generate/generate_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType index;
  size_t size;  // of one value
  int64_t outer, depth, inner;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& out = op.outputs[0].dims;
  const int64_t rank = static_cast<int64_t>(out.size());
  int64_t axis = op.attrs->get_int("axis", -1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return declined("axis out of range");
  Params p{};
  const std::span<const int64_t> all(out);
  p.index = op.inputs[0].dtype;
  p.size = data_type_size(op.outputs[0].dtype);
  p.outer = element_count(all.first(static_cast<size_t>(axis)));
  p.depth = out[static_cast<size_t>(axis)];
  p.inner = element_count(all.subspan(static_cast<size_t>(axis) + 1));
  if (!is_arithmetic_type(p.index)) {
    return declined("indices of type " + std::string(data_type_name(p.index)));
  }
  if (p.size == 0) return declined("values without a size");
  plan->set_params(p);
  return {};
}

template <typename Index>
int64_t position(Index index, int64_t depth) {
  if constexpr (std::is_unsigned_v<Index>) {
    return index < static_cast<uint64_t>(depth) ? static_cast<int64_t>(index) : -1;
  } else {
    const Index limit = static_cast<Index>(depth);
    if (std::is_integral_v<Index> && static_cast<int64_t>(limit) != depth) {
      // Every index of so small a type lies within the depth.
      return static_cast<int64_t>(index) + (index < Index{0} ? depth : 0);
    }
    if (!(index >= -limit && index < limit)) return -1;
    const int64_t whole = static_cast<int64_t>(index);
    return whole < 0 ? whole + depth : whole;
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.index, [&](auto kind) {
    const auto* index = static_cast<const decltype(kind)*>(args.inputs[0]);
    dispatch_size(p.size, [&](auto zero) {
      using T = decltype(zero);
      const T on = *static_cast<const T*>(args.inputs[2]);
      const T off = *static_cast<const T*>(args.inputs[3]);
      T* y = static_cast<T*>(args.outputs[0]);
      (*args.parallel)(p.outer, [&](int64_t o, int) {
        for (int64_t i = 0; i < p.inner; ++i) {
          const int64_t hot = position(index[o * p.inner + i], p.depth);
          for (int64_t d = 0; d < p.depth; ++d) {
            y[(o * p.depth + d) * p.inner + i] = d == hot ? on : off;
          }
        }
      });
    });
  });
}

}  // namespace

const KernelImpl kOneHotRef = {"OneHot", "one_hot.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
