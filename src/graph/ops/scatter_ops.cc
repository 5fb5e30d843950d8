// Elements picked and put by tensors of indices; ReverseSequence.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

constexpr std::string_view kReductions[] = {"none", "add", "mul", "max", "min"};

Status require_indices(const InferContext& c, size_t input, std::string_view what) {
  const DataType type = c.inputs[input].dtype;
  if (type == DataType::kInt64 || type == DataType::kInt32) return {};
  return graph_error("{} must be int32 or int64, but is {}", what, data_type_name(type));
}

// Constant indices into a dimension of `extent`.
Status check_range(const std::vector<int64_t>& indices, int64_t extent, std::string_view where) {
  if (extent < 0) return {};
  for (const int64_t index : indices) {
    if (index < -extent || index >= extent) {
      return graph_error("index {} is out of range: {} of size {} allows {} to {}", index, where,
                         extent, -extent, extent - 1);
    }
  }
  return {};
}

// The indices have x's rank and, away from the axis, at most its sizes. Normalises the axis.
Status check_elements(InferContext& c, const char* axis_attr) {
  POACL_RETURN_IF_ERROR(require_indices(c, 1, "indices"));
  if (!c.inputs[0].rank_known || !c.inputs[1].rank_known) return {};
  const Dims& x = c.inputs[0].dims;
  const Dims& indices = c.inputs[1].dims;
  if (x.size() != indices.size()) {
    return graph_error("indices {} must have as many dimensions as x {}", dims_to_string(indices),
                       dims_to_string(x));
  }
  POACL_ASSIGN_OR_RETURN(
      const int64_t axis,
      normalize_axis(c.attrs->get_int(axis_attr), static_cast<int64_t>(x.size()), axis_attr));
  c.attrs->set(axis_attr, axis);
  for (size_t d = 0; d < x.size(); ++d) {
    if (static_cast<int64_t>(d) == axis || x[d] < 0 || indices[d] <= x[d]) continue;
    return graph_error("indices {} reach beyond x {} in dimension {}", dims_to_string(indices),
                       dims_to_string(x), d);
  }
  const int64_t extent = x[static_cast<size_t>(axis)];
  if (extent == 0 && element_count(indices) > 0) {
    return graph_error("x {} has nothing along axis {}, but there are {} indices",
                       dims_to_string(x), axis, element_count(indices));
  }
  POACL_ASSIGN_OR_RETURN(const auto constant, constant_ints(c, 1, "indices"));
  return constant ? check_range(*constant, extent, fmt::format("axis {}", axis)) : Status();
}

Status infer_gather_elements(InferContext& c) {
  POACL_RETURN_IF_ERROR(check_elements(c, "dim"));
  c.outputs[0] = {c.inputs[0].dtype, c.inputs[1].rank_known, c.inputs[1].dims, {}};
  return {};
}

// The last dimension of the indices says how many dimensions of x behind the `batch` first a row
// of it addresses; -1 while that is unknown.
Result<int64_t> index_depth(const InferContext& c, int64_t batch) {
  POACL_RETURN_IF_ERROR(require_indices(c, 1, "indices"));
  if (!c.inputs[0].rank_known || !c.inputs[1].rank_known) return -1;
  const Dims& x = c.inputs[0].dims;
  const Dims& indices = c.inputs[1].dims;
  if (x.empty() || indices.empty()) {
    return graph_error("x {} and indices {} must have at least one dimension", dims_to_string(x),
                       dims_to_string(indices));
  }
  const int64_t depth = indices.back();
  const int64_t limit = static_cast<int64_t>(x.size()) - batch;
  if (batch < 0 || batch >= static_cast<int64_t>(std::min(x.size(), indices.size()))) {
    return graph_error("batch_dims is {}, but must be below the ranks of x {} and indices {}",
                       batch, dims_to_string(x), dims_to_string(indices));
  }
  if (depth > limit || depth == 0) {
    return graph_error("indices {} address {} dimensions, but x {} has {} to address",
                       dims_to_string(indices), depth, dims_to_string(x), limit);
  }
  if (depth < 0) return -1;
  POACL_ASSIGN_OR_RETURN(const auto constant, constant_ints(c, 1, "indices"));
  if (constant) {
    for (int64_t k = 0; k < depth; ++k) {
      std::vector<int64_t> column;
      for (size_t i = static_cast<size_t>(k); i < constant->size();
           i += static_cast<size_t>(depth)) {
        column.push_back((*constant)[i]);
      }
      POACL_RETURN_IF_ERROR(check_range(column, x[static_cast<size_t>(batch + k)],
                                        fmt::format("dimension {} of x", batch + k)));
    }
  }
  return depth;
}

Status infer_gather_nd(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  const int64_t batch = c.attrs->get_int("batch_dims");
  POACL_ASSIGN_OR_RETURN(const int64_t depth, index_depth(c, batch));
  if (depth < 0) {
    set_unknown(c, 0, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  const Dims& indices = c.inputs[1].dims;
  for (size_t d = 0; d < static_cast<size_t>(batch); ++d) {
    if (x[d] >= 0 && indices[d] >= 0 && x[d] != indices[d]) {
      return graph_error("x {} and indices {} differ in the batch dimension {}", dims_to_string(x),
                         dims_to_string(indices), d);
    }
  }
  const int64_t picks = element_count(indices);
  for (int64_t k = batch; k < batch + depth; ++k) {
    if (x[static_cast<size_t>(k)] == 0 && picks > 0) {
      return graph_error("nothing can be picked from x {}: dimension {} is empty",
                         dims_to_string(x), k);
    }
  }
  Dims out(indices.begin(), indices.end() - 1);
  out.insert(out.end(), x.begin() + batch + depth, x.end());
  c.set_output(0, type, std::move(out));
  return {};
}

Status check_updates(const InferContext& c) {
  if (c.inputs[2].dtype == c.inputs[0].dtype) return {};
  return graph_error("updates are {}, but x is {}; the types must be the same",
                     data_type_name(c.inputs[2].dtype), data_type_name(c.inputs[0].dtype));
}

Status require_shape(const InferContext& c, size_t input, const Dims& expected,
                     std::string_view what) {
  if (!c.inputs[input].rank_known) return {};
  const Dims& dims = c.inputs[input].dims;
  bool fits = dims.size() == expected.size();
  for (size_t d = 0; fits && d < dims.size(); ++d) {
    fits = dims[d] < 0 || expected[d] < 0 || dims[d] == expected[d];
  }
  if (fits) return {};
  return graph_error("{} have shape {}, but must have {}", what, dims_to_string(dims),
                     dims_to_string(expected));
}

Status infer_scatter_elements(InferContext& c) {
  const std::string reduction = c.attrs->get_string("reduction", "none");
  if (std::find(std::begin(kReductions), std::end(kReductions), reduction) ==
      std::end(kReductions)) {
    return graph_error("reduction is '{}', but must be none, add, mul, max or min", reduction);
  }
  if (reduction != "none" && c.inputs[0].dtype != DataType::kBool) {
    POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  }
  POACL_RETURN_IF_ERROR(check_elements(c, "axis"));
  POACL_RETURN_IF_ERROR(check_updates(c));
  if (c.inputs[1].rank_known) {
    POACL_RETURN_IF_ERROR(require_shape(c, 2, c.inputs[1].dims, "updates"));
  }
  return infer_same_as_input(c);
}

Status infer_scatter_nd(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(const int64_t depth, index_depth(c, 0));
  POACL_RETURN_IF_ERROR(check_updates(c));
  if (depth >= 0) {
    const Dims& x = c.inputs[0].dims;
    const Dims& indices = c.inputs[1].dims;
    Dims updates(indices.begin(), indices.end() - 1);
    updates.insert(updates.end(), x.begin() + depth, x.end());
    POACL_RETURN_IF_ERROR(require_shape(c, 2, updates, "updates"));
    const int64_t puts = element_count(updates);
    for (size_t k = 0; k < static_cast<size_t>(depth); ++k) {
      if (x[k] == 0 && puts > 0) {
        return graph_error("nothing can be put into x {}: dimension {} is empty", dims_to_string(x),
                           k);
      }
    }
  }
  return infer_same_as_input(c);
}

Status infer_reverse_sequence(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_indices(c, 1, "seq_lengths"));
  POACL_RETURN_IF_ERROR(require_rank(c, 1, 1, "seq_lengths"));
  if (c.inputs[0].rank_known) {
    const Dims& x = c.inputs[0].dims;
    const int64_t rank = static_cast<int64_t>(x.size());
    int64_t axes[2];
    const char* const names[] = {"seq_dim", "batch_dim"};
    for (size_t i = 0; i < 2; ++i) {
      POACL_ASSIGN_OR_RETURN(axes[i], normalize_axis(c.attrs->get_int(names[i]), rank, names[i]));
      c.attrs->set(names[i], axes[i]);
    }
    if (axes[0] == axes[1]) {
      return graph_error("seq_dim and batch_dim are both {}, but must differ", axes[0]);
    }
    POACL_RETURN_IF_ERROR(require_dim(c, 1, 0, x[static_cast<size_t>(axes[1])], "seq_lengths"));
    POACL_ASSIGN_OR_RETURN(const auto lengths, constant_ints(c, 1, "seq_lengths"));
    const int64_t extent = x[static_cast<size_t>(axes[0])];
    for (const int64_t length : lengths.value_or(std::vector<int64_t>())) {
      if (length < 0 || (extent >= 0 && length > extent)) {
        return graph_error("a sequence of length {} does not fit dimension {} of x {}", length,
                           axes[0], dims_to_string(x));
      }
    }
  }
  return infer_same_as_input(c);
}

OpDef scatter_nd(std::string_view type) {
  return {type, {{"x"}, {"indices"}, {"updates"}}, {{"y"}}, {}, infer_scatter_nd};
}

}  // namespace

std::span<const OpDef> scatter_ops() {
  static const std::vector<OpDef> defs = {
      {"GatherElements", {{"x"}, {"index"}}, {{"y"}}, {{"dim", int64_t{0}}}, infer_gather_elements},
      {"GatherNd", {{"x1"}, {"x2"}}, {{"y"}}, {{"batch_dims", int64_t{0}}}, infer_gather_nd},
      {"ScatterElements",
       {{"data"}, {"indices"}, {"updates"}},
       {{"y"}},
       {{"axis", int64_t{0}}, {"reduction", std::string("none")}},
       infer_scatter_elements},
      scatter_nd("TensorScatterUpdate"),
      scatter_nd("TensorScatterAdd"),
      scatter_nd("TensorScatterMul"),
      scatter_nd("TensorScatterMax"),
      scatter_nd("TensorScatterMin"),
      {"ReverseSequence",
       {{"x"}, {"seq_lengths"}},
       {{"y"}},
       {{"seq_dim", int64_t{0}, true}, {"batch_dim", int64_t{0}}},
       infer_reverse_sequence},
  };
  return defs;
}

}  // namespace poacl
