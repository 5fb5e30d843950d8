#include "graph/eager/slices.h"

#include <cstring>

#include "graph/graph_error.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// The tensor seen as [outer][extent][inner bytes] around an axis.
struct AxisView {
  size_t outer;
  size_t extent;
  size_t inner_bytes;

  AxisView(const Dims& dims, size_t axis, DataType dtype) {
    const std::span<const int64_t> all(dims);
    outer = static_cast<size_t>(element_count(all.first(axis)));
    extent = static_cast<size_t>(dims[axis]);
    inner_bytes = static_cast<size_t>(element_count(all.subspan(axis + 1))) * data_type_size(dtype);
  }
};

}  // namespace

Result<Tensor> take_slice(const Tensor& tensor, size_t axis, int64_t index, EagerContext& context) {
  const AxisView view(tensor.dims, axis, tensor.dtype);
  Dims dims = tensor.dims;
  dims.erase(dims.begin() + static_cast<ptrdiff_t>(axis));
  void* writable = nullptr;
  POACL_ASSIGN_OR_RETURN(Tensor slice, context.allocate(tensor.dtype, std::move(dims), &writable));
  if (view.inner_bytes == 0) return slice;
  auto* to = static_cast<std::byte*>(writable);
  const std::byte* from = tensor.buffer.data() + static_cast<size_t>(index) * view.inner_bytes;
  for (size_t o = 0; o < view.outer; ++o) {
    std::memcpy(to + o * view.inner_bytes, from + o * view.extent * view.inner_bytes,
                view.inner_bytes);
  }
  return slice;
}

Result<Tensor> stack_items(std::span<const Tensor> items, int64_t axis, bool backward,
                           const Value& none, EagerContext& context) {
  Dims dims;
  DataType dtype = none.dtype;
  if (!items.empty()) {
    dims = items[0].dims;
    dtype = items[0].dtype;
  } else if (none.shape_known) {
    for (const int64_t d : none.dims) dims.push_back(d < 0 ? 0 : d);
  }
  for (const Tensor& item : items) {
    if (item.dims == dims && item.dtype == dtype) continue;
    return graph_error(
        "value '{}' is {}{} in one iteration and {}{} in another; they cannot become "
        "one tensor",
        none.name, data_type_name(dtype), dims_to_string(dims), data_type_name(item.dtype),
        dims_to_string(item.dims));
  }
  POACL_ASSIGN_OR_RETURN(
      axis, normalize_axis(axis, static_cast<int64_t>(dims.size()) + 1, "the axis of stacking"));
  dims.insert(dims.begin() + axis, static_cast<int64_t>(items.size()));
  POACL_RETURN_IF_ERROR(check_dims(dims, fmt::format("the stacked value '{}'", none.name)));
  const AxisView view(dims, static_cast<size_t>(axis), dtype);
  void* writable = nullptr;
  POACL_ASSIGN_OR_RETURN(Tensor stacked, context.allocate(dtype, std::move(dims), &writable));
  if (view.inner_bytes == 0) return stacked;
  for (size_t i = 0; i < items.size(); ++i) {
    const size_t place = backward ? items.size() - 1 - i : i;
    auto* to = static_cast<std::byte*>(writable) + place * view.inner_bytes;
    for (size_t o = 0; o < view.outer; ++o) {
      std::memcpy(to + o * view.extent * view.inner_bytes,
                  items[i].buffer.data() + o * view.inner_bytes, view.inner_bytes);
    }
  }
  return stacked;
}

}  // namespace poacl
