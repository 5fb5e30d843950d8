// NonZero: coordinates of the elements that are not zero, in row-major order.
#include "graph/eager/select.h"
#include "graph/graph_error.h"

namespace poacl {
namespace {

// Calls found(index) for every element that is not zero. NaN is not zero.
template <typename T, typename Found>
void visit(const Tensor& x, T sign_mask, Found&& found) {
  const auto values = x.as<T>();
  for (size_t i = 0; i < values.size(); ++i) {
    if constexpr (std::is_integral_v<T>) {
      if ((values[i] & sign_mask) != 0) found(static_cast<int64_t>(i));
    } else {
      if (values[i] != T{0}) found(static_cast<int64_t>(i));
    }
  }
}

template <typename Found>
Status visit_non_zero(const Tensor& x, Found&& found) {
  switch (x.dtype) {
    case DataType::kFloat:
      visit<float>(x, 0, found);
      return {};
    case DataType::kDouble:
      visit<double>(x, 0, found);
      return {};
    case DataType::kFloat16:
    case DataType::kBfloat16:
      visit<uint16_t>(x, 0x7fff, found);  // minus zero is zero
      return {};
    default:
      break;
  }
  switch (data_type_size(x.dtype)) {
    case 1:
      visit<uint8_t>(x, 0xff, found);
      return {};
    case 2:
      visit<uint16_t>(x, 0xffff, found);
      return {};
    case 4:
      visit<uint32_t>(x, ~uint32_t{0}, found);
      return {};
    case 8:
      visit<uint64_t>(x, ~uint64_t{0}, found);
      return {};
    default:
      return graph_error("x is {}, which NonZero cannot read", data_type_name(x.dtype));
  }
}

// Writes coordinate d of the n-th element found at [d][n], or [n][d] when transposed.
template <typename T>
Status write(const Tensor& x, const Dims& dims, int64_t count, bool transposed, void* writable) {
  T* out = static_cast<T*>(writable);
  const int64_t rank = static_cast<int64_t>(dims.size());
  int64_t n = 0;
  return visit_non_zero(x, [&](int64_t index) {
    for (int64_t d = rank - 1; d >= 0; --d) {
      const int64_t extent = dims[static_cast<size_t>(d)];
      out[transposed ? n * rank + d : d * count + n] = static_cast<T>(index % extent);
      index /= extent;
    }
    ++n;
  });
}

}  // namespace

Status run_non_zero(const Node& node, std::span<const Tensor* const> inputs,
                    std::vector<Tensor>* outputs, EagerContext& context) {
  const Tensor& x = *inputs[0];
  const bool transposed = node.attrs.get_bool("transpose");
  const DataType* given = node.attrs.find<DataType>("dtype");
  const DataType type = given == nullptr ? DataType::kInt64 : *given;
  int64_t count = 0;
  POACL_RETURN_IF_ERROR(visit_non_zero(x, [&](int64_t) { ++count; }));
  const Dims dims = x.dims.empty() ? Dims{1} : x.dims;
  const int64_t rank = static_cast<int64_t>(dims.size());
  void* writable = nullptr;
  POACL_ASSIGN_OR_RETURN(
      (*outputs)[0],
      context.allocate(type, transposed ? Dims{count, rank} : Dims{rank, count}, &writable));
  return type == DataType::kInt32 ? write<int32_t>(x, dims, count, transposed, writable)
                                  : write<int64_t>(x, dims, count, transposed, writable);
}

}  // namespace poacl
