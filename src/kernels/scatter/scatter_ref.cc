// ScatterElements and TensorScatter...: x with elements or slices put into it, or combined with
// what is there, in the order of the indices. An update whose index is out of range at run time is
// left out (constant ones were checked by shape inference).
#include "kernels/eltwise/type_dispatch.h"
#include "kernels/scatter/reduction.h"
#include "kernels/scatter/scatter_kernels.h"
#include "kernels/shape/index_value.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

struct Common {
  DataType type;
  size_t size;
  int64_t count;  // elements of x
  Reduction reduction;
  bool wide;
};

struct ElementParams {
  Common common;
  int axis;
  FixedDims x, index;
};

struct SliceParams {
  Common common;
  int64_t rows, slice;  // rows of indices, elements of a slice
  int depth;
  int64_t extent[kMaxShapeRank];
};

Status plan_common(const OpInstance& op, Reduction reduction, Common* common, KernelPlan* plan) {
  common->type = op.inputs[0].dtype;
  common->size = data_type_size(common->type);
  if (common->size == 0) return declined("elements without a size");
  common->reduction = reduction;
  if (reduction != Reduction::kNone && !is_arithmetic_type(common->type)) {
    return declined("no arithmetic for this type");
  }
  if (!is_index_type(op.inputs[1].dtype)) return declined("indices are not int32 or int64");
  common->wide = op.inputs[1].dtype == DataType::kInt64;
  common->count = element_count(op.inputs[0].dims);
  plan->in_place = true;
  plan->in_place_input = 0;
  return {};
}

void copy_x(const KernelArgs& args, const Common& common) {
  if (args.outputs[0] == args.inputs[0]) return;
  std::memcpy(args.outputs[0], args.inputs[0], static_cast<size_t>(common.count) * common.size);
}

// Puts `count` updates from element `from` on at element `to` of the output.
void put(const KernelArgs& args, const Common& common, int64_t from, int64_t to, int64_t count) {
  if (common.reduction == Reduction::kNone) {
    std::memcpy(
        static_cast<std::byte*>(args.outputs[0]) + static_cast<size_t>(to) * common.size,
        static_cast<const std::byte*>(args.inputs[2]) + static_cast<size_t>(from) * common.size,
        static_cast<size_t>(count) * common.size);
    return;
  }
  dispatch_arithmetic(common.type, [&](auto zero) {
    using T = decltype(zero);
    T* out = static_cast<T*>(args.outputs[0]) + to;
    const T* updates = static_cast<const T*>(args.inputs[2]) + from;
    const bool truth = common.type == DataType::kBool;
    for (int64_t i = 0; i < count; ++i) {
      const T value = reduced(common.reduction, out[i], updates[i]);
      out[i] = truth ? static_cast<T>(value != T{0}) : value;
    }
  });
}

Status plan_elements(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  ElementParams p{};
  POACL_RETURN_IF_ERROR(
      plan_common(op, reduction_named(op.attrs->get_string("reduction", "none")), &p.common, plan));
  if (!fix_dims(op.inputs[0].dims, &p.x) || !fix_dims(op.inputs[1].dims, &p.index)) {
    return declined("too many dimensions");
  }
  int64_t axis = op.attrs->get_int("axis");
  if (axis < 0) axis += p.x.rank;
  if (p.x.rank != p.index.rank || axis < 0 || axis >= p.x.rank) return declined("axis");
  p.axis = static_cast<int>(axis);
  plan->set_params(p);
  return {};
}

void run_elements(const KernelArgs& args) {
  const auto& p = args.get_params<ElementParams>();
  copy_x(args, p.common);
  const int64_t count = p.index.count();
  for (int64_t i = 0; i < count; ++i) {
    int64_t at[kMaxShapeRank];
    unravel(p.index, i, at);
    at[p.axis] = checked_index(args.inputs[1], p.common.wide, i, p.x.dims[p.axis]);
    if (at[p.axis] == kOutOfRange) continue;
    int64_t to = 0;
    for (int d = 0; d < p.x.rank; ++d) to += at[d] * p.x.stride[d];
    put(args, p.common, i, to, 1);
  }
}

template <Reduction kReduction>
Status plan_slices(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  SliceParams p{};
  POACL_RETURN_IF_ERROR(plan_common(op, kReduction, &p.common, plan));
  const std::span<const int64_t> x(op.inputs[0].dims);
  const std::span<const int64_t> indices(op.inputs[1].dims);
  if (indices.empty() || indices.back() < 0) return declined("indices");
  const auto depth = static_cast<size_t>(indices.back());
  if (depth > x.size() || depth > static_cast<size_t>(kMaxShapeRank)) {
    return declined("more indices than dimensions");
  }
  p.depth = static_cast<int>(depth);
  p.rows = element_count(indices.first(indices.size() - 1));
  p.slice = element_count(x.subspan(depth));
  for (size_t k = 0; k < depth; ++k) p.extent[k] = x[k];
  plan->set_params(p);
  return {};
}

void run_slices(const KernelArgs& args) {
  const auto& p = args.get_params<SliceParams>();
  copy_x(args, p.common);
  for (int64_t row = 0; row < p.rows; ++row) {
    int64_t slice = 0;
    bool inside = true;
    for (int k = 0; k < p.depth; ++k) {
      const int64_t index =
          checked_index(args.inputs[1], p.common.wide, row * p.depth + k, p.extent[k]);
      inside = inside && index != kOutOfRange;
      slice = slice * p.extent[k] + index;
    }
    if (inside) put(args, p.common, row * p.slice, slice * p.slice, p.slice);
  }
}

template <Reduction kReduction>
constexpr KernelImpl slices(const char* op, const char* name) {
  return {op, name, Isa::kGeneric, plan_slices<kReduction>, nullptr, run_slices};
}

}  // namespace

const KernelImpl kScatterElementsRef = {
    "ScatterElements", "scatter_elements.ref", Isa::kGeneric, plan_elements, nullptr, run_elements};
const KernelImpl kTensorScatterUpdateRef =
    slices<Reduction::kNone>("TensorScatterUpdate", "tensor_scatter_update.ref");
const KernelImpl kTensorScatterAddRef =
    slices<Reduction::kAdd>("TensorScatterAdd", "tensor_scatter_add.ref");
const KernelImpl kTensorScatterMulRef =
    slices<Reduction::kMul>("TensorScatterMul", "tensor_scatter_mul.ref");
const KernelImpl kTensorScatterMaxRef =
    slices<Reduction::kMax>("TensorScatterMax", "tensor_scatter_max.ref");
const KernelImpl kTensorScatterMinRef =
    slices<Reduction::kMin>("TensorScatterMin", "tensor_scatter_min.ref");

}  // namespace poacl
