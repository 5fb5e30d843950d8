#include "graph/ops/infer_util.h"

#include <algorithm>

namespace poacl {

Status check_dims(const Dims& dims, std::string_view what) {
  if (dims.size() > kMaxRank) {
    return graph_error("{} has {} dimensions {}; at most {} are supported", what, dims.size(),
                       dims_to_string(dims), kMaxRank);
  }
  int64_t count = 1;
  for (const int64_t d : dims) {
    if (d < -1) {
      return graph_error("{} has the negative dimension {} in {}", what, d, dims_to_string(dims));
    }
    if (d <= 0) continue;
    if (d > kMaxElements || count * d > kMaxElements) {
      return graph_error("{} of shape {} has more than {} elements; such tensors are not supported",
                         what, dims_to_string(dims), kMaxElements);
    }
    count *= d;
  }
  return {};
}

Result<int64_t> normalize_axis(int64_t axis, int64_t rank, std::string_view what) {
  if (axis < -rank || axis >= rank) {
    return graph_error("{} is {}, but a tensor of rank {} allows {} to {}", what, axis, rank, -rank,
                       rank - 1);
  }
  return axis < 0 ? axis + rank : axis;
}

Result<std::vector<int64_t>> normalize_axes(std::vector<int64_t> axes, int64_t rank,
                                            std::string_view what) {
  for (int64_t& axis : axes) {
    POACL_ASSIGN_OR_RETURN(axis, normalize_axis(axis, rank, what));
  }
  std::sort(axes.begin(), axes.end());
  if (const auto twice = std::adjacent_find(axes.begin(), axes.end()); twice != axes.end()) {
    return graph_error("{} names axis {} twice", what, *twice);
  }
  return axes;
}

Result<Dims> broadcast_dims(const Dims& a, const Dims& b) {
  const size_t rank = std::max(a.size(), b.size());
  Dims out(rank);
  for (size_t i = 0; i < rank; ++i) {
    const int64_t x = i + a.size() < rank ? 1 : a[i + a.size() - rank];
    const int64_t y = i + b.size() < rank ? 1 : b[i + b.size() - rank];
    if (x == 1) {
      out[i] = y;
    } else if (y == 1 || y == -1 || x == y) {
      out[i] = x;
    } else if (x == -1) {
      out[i] = y;
    } else {
      return graph_error("shapes {} and {} cannot be broadcast: dimension {} is {} and {}",
                         dims_to_string(a), dims_to_string(b), i, x, y);
    }
  }
  return out;
}

Result<std::optional<std::vector<int64_t>>> constant_ints(const InferContext& context, size_t input,
                                                          std::string_view what) {
  using Found = std::optional<std::vector<int64_t>>;
  if (!context.has_input(input)) return Found();
  const DataType type = context.inputs[input].dtype;
  if (type != DataType::kInt64 && type != DataType::kInt32) {
    return graph_error("{} must be int32 or int64, but is {}", what, data_type_name(type));
  }
  const Tensor* tensor = context.inputs[input].constant;
  if (tensor == nullptr) return Found();
  std::vector<int64_t> values;
  if (type == DataType::kInt64) {
    const auto data = tensor->as<int64_t>();
    values.assign(data.begin(), data.end());
  } else {
    const auto data = tensor->as<int32_t>();
    values.assign(data.begin(), data.end());
  }
  return Found(std::move(values));
}

bool is_float(DataType type) {
  return type == DataType::kFloat || type == DataType::kFloat16 || type == DataType::kBfloat16 ||
         type == DataType::kDouble;
}

bool is_numeric(DataType type) {
  switch (type) {
    case DataType::kUndefined:
    case DataType::kBool:
    case DataType::kString:
    case DataType::kComplex64:
    case DataType::kComplex128:
      return false;
    default:
      return true;
  }
}

bool is_integer(DataType type) {
  return is_numeric(type) && !is_float(type);
}

Status require_integer(const InferContext& context, size_t input, std::string_view what) {
  if (!context.has_input(input) || is_integer(context.inputs[input].dtype)) return {};
  return graph_error("{} must be of an integer type, but is {}", what,
                     data_type_name(context.inputs[input].dtype));
}

Status require_float(const InferContext& context, size_t input, std::string_view what) {
  if (!context.has_input(input) || is_float(context.inputs[input].dtype)) return {};
  return graph_error("{} must be of a floating-point type, but is {}", what,
                     data_type_name(context.inputs[input].dtype));
}

Status require_numeric(const InferContext& context, size_t input, std::string_view what) {
  if (!context.has_input(input) || is_numeric(context.inputs[input].dtype)) return {};
  return graph_error("{} must be of a numeric type, but is {}", what,
                     data_type_name(context.inputs[input].dtype));
}

Status require_same_type(const InferContext& context) {
  for (size_t i = 1; i < context.inputs.size(); ++i) {
    if (!context.has_input(i) || context.inputs[i].dtype == context.inputs[0].dtype) continue;
    return graph_error("input {} is {}, but input 0 is {}; the types must be the same", i,
                       data_type_name(context.inputs[i].dtype),
                       data_type_name(context.inputs[0].dtype));
  }
  return {};
}

Status require_rank(const InferContext& context, size_t input, size_t rank, std::string_view what) {
  if (!context.has_input(input) || !context.inputs[input].rank_known) return {};
  if (context.inputs[input].dims.size() == rank) return {};
  return graph_error("{} must have rank {}, but its shape is {}", what, rank,
                     dims_to_string(context.inputs[input].dims));
}

Status require_dim(const InferContext& context, size_t input, size_t axis, int64_t expected,
                   std::string_view what) {
  if (!context.has_input(input) || !context.inputs[input].rank_known || expected < 0) return {};
  const Dims& dims = context.inputs[input].dims;
  if (axis < dims.size() && (dims[axis] == -1 || dims[axis] == expected)) return {};
  return graph_error("{} has shape {}, but its dimension {} must be {}", what, dims_to_string(dims),
                     axis, expected);
}

void set_unknown(InferContext& context, size_t i, DataType dtype) {
  if (i < context.outputs.size()) context.outputs[i] = InferContext::Out{dtype, false, {}, {}};
}

Status infer_same_as_input(InferContext& context) {
  const auto& in = context.inputs[0];
  context.outputs[0] = InferContext::Out{in.dtype, in.rank_known, in.dims, in.max_dims};
  return {};
}

}  // namespace poacl
