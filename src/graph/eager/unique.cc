// Unique values of a tensor, or unique slices along an axis.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/half.h"
#include "graph/eager/select.h"
#include "graph/graph_error.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// The tensor as `extent` slices of outer * inner elements; without an axis every element is one.
struct Slices {
  int64_t outer = 1;
  int64_t extent = 0;
  int64_t inner = 1;
};

// What two elements are compared by. All NaN are one value, above all numbers.
template <typename T>
int compare(T a, T b) {
  if (a < b) return -1;
  if (b < a) return 1;
  if (a == b) return 0;
  const bool a_nan = a != a;
  const bool b_nan = b != b;
  return static_cast<int>(a_nan) - static_cast<int>(b_nan);
}

struct HalfOf {
  float operator()(uint16_t bits) const { return half_to_float(bits); }
};
struct Bfloat16Of {
  float operator()(uint16_t bits) const { return bfloat16_to_float(bits); }
};

// Slices by value: `order` lists them ascending, equal ones by position; `starts` marks the first
// of each group in it.
struct Groups {
  std::vector<int64_t> order;
  std::vector<size_t> starts;
};

template <typename T, typename Key>
Groups group(const Tensor& x, const Slices& s, Key key) {
  const T* data = reinterpret_cast<const T*>(x.buffer.data());
  const auto compare_slices = [&](int64_t a, int64_t b) {
    for (int64_t o = 0; o < s.outer; ++o) {
      const T* row = data + o * s.extent * s.inner;
      for (int64_t i = 0; i < s.inner; ++i) {
        const int difference = compare(key(row[a * s.inner + i]), key(row[b * s.inner + i]));
        if (difference != 0) return difference;
      }
    }
    return 0;
  };
  Groups groups;
  groups.order.resize(static_cast<size_t>(s.extent));
  std::iota(groups.order.begin(), groups.order.end(), int64_t{0});
  std::sort(groups.order.begin(), groups.order.end(), [&](int64_t a, int64_t b) {
    const int difference = compare_slices(a, b);
    return difference != 0 ? difference < 0 : a < b;
  });
  for (size_t i = 0; i < groups.order.size(); ++i) {
    if (i == 0 || compare_slices(groups.order[i - 1], groups.order[i]) != 0) {
      groups.starts.push_back(i);
    }
  }
  return groups;
}

template <typename T>
Groups group(const Tensor& x, const Slices& s) {
  return group<T>(x, s, [](T value) { return value; });
}

Result<Groups> group_any(const Tensor& x, const Slices& s) {
  switch (x.dtype) {
    case DataType::kFloat:
      return group<float>(x, s);
    case DataType::kDouble:
      return group<double>(x, s);
    case DataType::kFloat16:
      return group<uint16_t>(x, s, HalfOf());
    case DataType::kBfloat16:
      return group<uint16_t>(x, s, Bfloat16Of());
    case DataType::kInt8:
      return group<int8_t>(x, s);
    case DataType::kBool:
    case DataType::kUint8:
      return group<uint8_t>(x, s);
    case DataType::kInt16:
      return group<int16_t>(x, s);
    case DataType::kUint16:
      return group<uint16_t>(x, s);
    case DataType::kInt32:
      return group<int32_t>(x, s);
    case DataType::kUint32:
      return group<uint32_t>(x, s);
    case DataType::kInt64:
      return group<int64_t>(x, s);
    case DataType::kUint64:
      return group<uint64_t>(x, s);
    default:
      return graph_error("x is {}, whose values cannot be compared", data_type_name(x.dtype));
  }
}

Result<Tensor> index_tensor(const std::vector<int64_t>& values, DataType type,
                            EagerContext& context) {
  void* writable = nullptr;
  POACL_ASSIGN_OR_RETURN(Tensor tensor,
                         context.allocate(type, {static_cast<int64_t>(values.size())}, &writable));
  if (type == DataType::kInt32) {
    std::transform(values.begin(), values.end(), static_cast<int32_t*>(writable),
                   [](int64_t value) { return static_cast<int32_t>(value); });
  } else {
    std::copy(values.begin(), values.end(), static_cast<int64_t*>(writable));
  }
  return tensor;
}

}  // namespace

Status run_unique(const Node& node, std::span<const Tensor* const> inputs,
                  std::vector<Tensor>* outputs, EagerContext& context) {
  const Tensor& x = *inputs[0];
  Slices slices;
  Dims dims = {x.count()};
  size_t axis = 0;
  if (node.attrs.has("axis")) {
    POACL_ASSIGN_OR_RETURN(
        const int64_t found,
        normalize_axis(node.attrs.get_int("axis"), static_cast<int64_t>(x.dims.size()), "axis"));
    axis = static_cast<size_t>(found);
    dims = x.dims;
    const std::span<const int64_t> all(dims);
    slices.outer = element_count(all.first(axis));
    slices.inner = element_count(all.subspan(axis + 1));
  }
  slices.extent = dims[axis];
  POACL_ASSIGN_OR_RETURN(const Groups groups, group_any(x, slices));

  // Groups in the order of the output: by value, or by where each stands first.
  const size_t count = groups.starts.size();
  std::vector<size_t> listed(count);
  std::iota(listed.begin(), listed.end(), size_t{0});
  const auto first_of = [&](size_t g) { return groups.order[groups.starts[g]]; };
  if (!node.attrs.get_bool("sorted", true)) {
    std::sort(listed.begin(), listed.end(),
              [&](size_t a, size_t b) { return first_of(a) < first_of(b); });
  }
  std::vector<int64_t> first(count), counts(count), inverse(groups.order.size());
  for (size_t n = 0; n < count; ++n) {
    const size_t g = listed[n];
    const size_t end = g + 1 < count ? groups.starts[g + 1] : groups.order.size();
    first[n] = first_of(g);
    counts[n] = static_cast<int64_t>(end - groups.starts[g]);
    for (size_t i = groups.starts[g]; i < end; ++i) {
      inverse[static_cast<size_t>(groups.order[i])] = static_cast<int64_t>(n);
    }
  }

  dims[axis] = static_cast<int64_t>(count);
  void* writable = nullptr;
  POACL_ASSIGN_OR_RETURN((*outputs)[0], context.allocate(x.dtype, dims, &writable));
  const size_t bytes = static_cast<size_t>(slices.inner) * data_type_size(x.dtype);
  if (bytes != 0) {
    auto* out = static_cast<std::byte*>(writable);
    for (int64_t o = 0; o < slices.outer; ++o) {
      const std::byte* row = x.buffer.data() + static_cast<size_t>(o * slices.extent) * bytes;
      for (const int64_t from : first) {
        std::memcpy(out, row + static_cast<size_t>(from) * bytes, bytes);
        out += bytes;
      }
    }
  }
  const DataType* given = node.attrs.find<DataType>("out_idx");
  const DataType type = given == nullptr ? DataType::kInt64 : *given;
  const std::vector<int64_t>* rest[] = {&inverse, &counts, &first};
  for (size_t i = 1; i < outputs->size() && i <= std::size(rest); ++i) {
    POACL_ASSIGN_OR_RETURN((*outputs)[i], index_tensor(*rest[i - 1], type, context));
  }
  return {};
}

}  // namespace poacl
