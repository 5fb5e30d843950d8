// Concatenation, splitting, transposition, padding.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status infer_concat(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_same_type(c));
  c.attrs->set("N", static_cast<int64_t>(c.inputs.size()));
  const DataType type = c.inputs[0].dtype;
  const auto known = std::find_if(c.inputs.begin(), c.inputs.end(),
                                  [](const InferContext::In& in) { return in.rank_known; });
  if (known == c.inputs.end()) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims out = known->dims;
  POACL_ASSIGN_OR_RETURN(const int64_t axis,
                         normalize_axis(c.attrs->get_int("concat_dim"),
                                        static_cast<int64_t>(out.size()), "concat_dim"));
  c.attrs->set("concat_dim", axis);
  int64_t sum = 0;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    if (!c.inputs[i].rank_known) {
      sum = -1;
      continue;
    }
    const Dims& dims = c.inputs[i].dims;
    if (dims.size() != out.size()) {
      return graph_error("input {} has shape {}, but the ranks must all be {}", i,
                         dims_to_string(dims), out.size());
    }
    for (size_t d = 0; d < dims.size(); ++d) {
      if (static_cast<int64_t>(d) == axis) continue;
      if (out[d] == -1) out[d] = dims[d];
      if (dims[d] != -1 && dims[d] != out[d]) {
        return graph_error("input {} has shape {}, but dimension {} must be {} as in the others", i,
                           dims_to_string(dims), d, out[d]);
      }
    }
    const int64_t extent = dims[static_cast<size_t>(axis)];
    sum = extent < 0 || sum < 0 ? -1 : sum + extent;
  }
  out[static_cast<size_t>(axis)] = sum;
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_split(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  const auto sizes = c.attrs->get_ints("size_splits");
  if (sizes.size() != c.outputs.size()) {
    return graph_error("size_splits {} has {} numbers for {} outputs", dims_to_string(sizes),
                       sizes.size(), c.outputs.size());
  }
  c.attrs->set("num_split", static_cast<int64_t>(sizes.size()));
  if (!c.inputs[0].rank_known) {
    for (size_t i = 0; i < c.outputs.size(); ++i) set_unknown(c, i, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  POACL_ASSIGN_OR_RETURN(
      const int64_t axis,
      normalize_axis(c.attrs->get_int("split_dim"), static_cast<int64_t>(x.size()), "split_dim"));
  c.attrs->set("split_dim", axis);
  int64_t sum = 0;
  for (const int64_t size : sizes) {
    if (size < 0 || size > kMaxElements) {
      return graph_error("size_splits {} contains {}", dims_to_string(sizes), size);
    }
    sum += size;
  }
  const int64_t extent = x[static_cast<size_t>(axis)];
  if (extent >= 0 && sum != extent) {
    return graph_error("size_splits {} add up to {}, but dimension {} of x {} is {}",
                       dims_to_string(sizes), sum, axis, dims_to_string(x), extent);
  }
  for (size_t i = 0; i < sizes.size(); ++i) {
    Dims out = x;
    out[static_cast<size_t>(axis)] = sizes[i];
    c.set_output(i, type, std::move(out));
  }
  return {};
}

Status infer_transpose(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  const auto perm = c.attrs->get_ints("perm");
  const int64_t rank = static_cast<int64_t>(perm.size());
  std::vector<bool> seen(perm.size(), false);
  for (const int64_t p : perm) {
    if (p < 0 || p >= rank || seen[static_cast<size_t>(p)]) {
      return graph_error("perm {} is not a permutation of 0 to {}", dims_to_string(perm), rank - 1);
    }
    seen[static_cast<size_t>(p)] = true;
  }
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  if (x.size() != perm.size()) {
    return graph_error("perm {} has {} numbers, but x has shape {}", dims_to_string(perm),
                       perm.size(), dims_to_string(x));
  }
  Dims out;
  for (const int64_t p : perm) out.push_back(x[static_cast<size_t>(p)]);
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_pad(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  const std::string mode = c.attrs->get_string("mode");
  if (mode != "constant" && mode != "reflect" && mode != "edge") {
    return graph_error("mode is '{}', but must be constant, reflect or edge", mode);
  }
  if (c.has_input(2)) {
    if (c.inputs[2].dtype != type) {
      return graph_error("constant_values is {}, but x is {}; the types must be the same",
                         data_type_name(c.inputs[2].dtype), data_type_name(type));
    }
    if (c.inputs[2].rank_known && element_count(c.inputs[2].dims) > 1) {
      return graph_error("constant_values must be one number, but has shape {}",
                         dims_to_string(c.inputs[2].dims));
    }
  }
  POACL_ASSIGN_OR_RETURN(const auto pads, constant_ints(c, 1, "paddings"));
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims out = c.inputs[0].dims;
  if (!pads) {
    c.set_output(0, type, Dims(out.size(), -1));
    return {};
  }
  if (pads->size() != 2 * out.size()) {
    return graph_error(
        "paddings has {} numbers, but x {} needs {} (before and after of each "
        "dimension)",
        pads->size(), dims_to_string(out), 2 * out.size());
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t before = (*pads)[2 * i];
    const int64_t after = (*pads)[2 * i + 1];
    for (const int64_t pad : {before, after}) {
      if (pad < -kMaxElements || pad > kMaxElements) {
        return graph_error("paddings {} is out of range", dims_to_string(*pads));
      }
    }
    if (out[i] < 0) continue;
    if (mode != "constant" && (before > 0 || after > 0)) {
      const int64_t limit = mode == "reflect" ? out[i] - 1 : out[i] == 0 ? 0 : kMaxElements;
      if (std::max(before, after) > limit) {
        return graph_error("{} padding of {} and {} is impossible for a dimension of {}", mode,
                           before, after, out[i]);
      }
    }
    if (mode != "constant" && std::min(before, after) < 0) {
      return graph_error("{} padding must not be negative, but is {} and {}", mode, before, after);
    }
    const int64_t extent = out[i] + before + after;
    if (extent < 0 || before + out[i] < 0 || after + out[i] < 0) {
      return graph_error("paddings {} and {} remove more than the {} elements of dimension {}",
                         before, after, out[i], i);
    }
    out[i] = extent;
  }
  c.set_output(0, type, std::move(out));
  return {};
}

}  // namespace

std::span<const OpDef> join_ops() {
  static const std::vector<OpDef> defs = {
      {"ConcatD",
       {{"x", PortKind::kVariadic}},
       {{"y"}},
       {{"concat_dim", int64_t{0}, true}, {"N", int64_t{1}}},
       infer_concat},
      {"SplitVD",
       {{"x"}},
       {{"y", PortKind::kVariadic}},
       {{"size_splits", std::vector<int64_t>(), true},
        {"split_dim", int64_t{0}, true},
        {"num_split", int64_t{1}}},
       infer_split},
      {"TransposeD", {{"x"}}, {{"y"}}, {{"perm", std::vector<int64_t>(), true}}, infer_transpose},
      {"PadV3",
       {{"x"}, {"paddings"}, {"constant_values", PortKind::kOptional}},
       {{"y"}},
       {{"mode", std::string("constant")}},
       infer_pad},
  };
  return defs;
}

}  // namespace poacl
