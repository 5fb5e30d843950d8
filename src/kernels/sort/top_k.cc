// TopKV2. NaN counts as greater than every number; of equal elements the first comes first. The
// results are sorted whether that is asked for or not.
#include <algorithm>
#include <cmath>
#include <type_traits>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/shape/shape_util.h"
#include "kernels/sort/sort_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType type;
  int64_t outer, extent, inner;
  int64_t k;
  bool largest;
  bool indexed;  // the second output is there
  bool wide;     // int64 indices, else int32
};

template <typename T>
bool less(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a)) return false;
    if (std::isnan(b)) return true;
  }
  return a < b;
}

// Whether element i of a line comes before element j.
template <typename T>
struct Before {
  const T* line;
  int64_t step;
  bool largest;
  bool operator()(int64_t i, int64_t j) const {
    const T a = line[i * step];
    const T b = line[j * step];
    if (largest ? less(b, a) : less(a, b)) return true;
    if (largest ? less(a, b) : less(b, a)) return false;
    return i < j;
  }
};

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  Params p{};
  p.type = op.inputs[0].dtype;
  if (!is_arithmetic_type(p.type)) return declined("no order for this type");
  const Dims& dims = op.inputs[0].dims;
  int64_t axis = op.attrs->get_int("dim", -1);
  if (axis < 0) axis += static_cast<int64_t>(dims.size());
  if (axis < 0 || axis >= static_cast<int64_t>(dims.size())) return declined("dim out of range");
  std::vector<int64_t> k;
  POACL_RETURN_IF_ERROR(read_ints(op, 1, &k));
  const std::span<const int64_t> all(dims);
  p.outer = element_count(all.first(static_cast<size_t>(axis)));
  p.extent = dims[static_cast<size_t>(axis)];
  p.inner = element_count(all.subspan(static_cast<size_t>(axis) + 1));
  if (k.size() != 1 || k[0] < 0 || k[0] > p.extent) return declined("k");
  p.k = k[0];
  p.indexed = op.outputs.size() > 1;
  p.largest = op.attrs->get_bool("largest", true);
  const DataType* index_type = op.attrs->find<DataType>("indices_dtype");
  p.wide = index_type != nullptr && *index_type == DataType::kInt64;
  plan->scratch_bytes =
      static_cast<size_t>(context.workers) * static_cast<size_t>(p.extent) * sizeof(int64_t);
  plan->set_params(p);
  return {};
}

// Writes line `line` of the output from the first k of `order`.
template <typename T>
void write_line(const KernelArgs& args, const Params& p, int64_t line, const T* from,
                const int64_t* order) {
  const int64_t base = line / p.inner * p.k * p.inner + line % p.inner;
  for (int64_t i = 0; i < p.k; ++i) {
    const int64_t at = base + i * p.inner;
    static_cast<T*>(args.outputs[0])[at] = from[order[i] * p.inner];
    if (!p.indexed) continue;
    if (p.wide) {
      static_cast<int64_t*>(args.outputs[1])[at] = order[i];
    } else {
      static_cast<int32_t*>(args.outputs[1])[at] = static_cast<int32_t>(order[i]);
    }
  }
}

// Calls sort(order, before) for every line on its worker's scratch.
template <typename F>
void for_each_line(const KernelArgs& args, F&& sort) {
  const Params p = args.get_params<Params>();
  if (p.k == 0) return;
  dispatch_arithmetic(p.type, [&](auto zero) {
    using T = decltype(zero);
    (*args.parallel)(p.outer * p.inner, [&](int64_t line, int worker) {
      const T* from = static_cast<const T*>(args.inputs[0]) + line / p.inner * p.extent * p.inner +
                      line % p.inner;
      int64_t* order = reinterpret_cast<int64_t*>(args.scratch) + worker * p.extent;
      for (int64_t i = 0; i < p.extent; ++i) order[i] = i;
      sort(order, p, Before<T>{from, p.inner, p.largest});
      write_line(args, p, line, from, order);
    });
  });
}

void run_ref(const KernelArgs& args) {
  for_each_line(args, [](int64_t* order, const Params& p, const auto& before) {
    std::sort(order, order + p.extent, before);
  });
}

void run_select(const KernelArgs& args) {
  for_each_line(args, [](int64_t* order, const Params& p, const auto& before) {
    // A heap of k is cheapest while k is small; beyond, parting the line first costs less.
    if (p.k * 32 < p.extent) {
      std::partial_sort(order, order + p.k, order + p.extent, before);
      return;
    }
    if (p.k < p.extent) std::nth_element(order, order + p.k, order + p.extent, before);
    std::sort(order, order + p.k, before);
  });
}

}  // namespace

const KernelImpl kTopKSelect = {"TopKV2", "top_k.select", Isa::kGeneric, plan, nullptr, run_select};
const KernelImpl kTopKRef = {"TopKV2", "top_k.ref", Isa::kGeneric, plan, nullptr, run_ref};

}  // namespace poacl
