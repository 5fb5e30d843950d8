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

Status infer_parts(InferContext& c, const std::vector<int64_t>& sizes, int64_t given_axis) {
  const DataType type = c.inputs[0].dtype;
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
  POACL_ASSIGN_OR_RETURN(const int64_t axis,
                         normalize_axis(given_axis, static_cast<int64_t>(x.size()), "split_dim"));
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

Status infer_split(InferContext& c) {
  POACL_RETURN_IF_ERROR(
      infer_parts(c, c.attrs->get_ints("size_splits"), c.attrs->get_int("split_dim")));
  if (c.inputs[0].rank_known && c.attrs->get_int("split_dim") < 0) {
    c.attrs->set("split_dim",
                 c.attrs->get_int("split_dim") + static_cast<int64_t>(c.inputs[0].dims.size()));
  }
  return {};
}

// The sizes and the axis are inputs.
Status infer_split_by_input(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  POACL_RETURN_IF_ERROR(require_rank(c, 1, 1, "size_splits"));
  POACL_ASSIGN_OR_RETURN(const auto sizes, constant_ints(c, 1, "size_splits"));
  POACL_ASSIGN_OR_RETURN(const auto axis, constant_ints(c, 2, "split_dim"));
  if (axis && axis->size() != 1) {
    return graph_error("split_dim must be one number, but {} are given", axis->size());
  }
  c.attrs->set("num_split", static_cast<int64_t>(c.outputs.size()));
  if (sizes && axis) return infer_parts(c, *sizes, (*axis)[0]);
  for (size_t i = 0; i < c.outputs.size(); ++i) {
    set_unknown(c, i, type);
    if (!axis || !c.inputs[0].rank_known) continue;
    Dims out = c.inputs[0].dims;
    POACL_ASSIGN_OR_RETURN(
        const int64_t at,
        normalize_axis((*axis)[0], static_cast<int64_t>(out.size()), "split_dim"));
    Dims most(out.size(), -1);
    most[static_cast<size_t>(at)] = out[static_cast<size_t>(at)];
    out[static_cast<size_t>(at)] = -1;
    c.set_output(i, type, std::move(out));
    c.outputs[i].max_dims = std::move(most);
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
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap") {
    return graph_error("mode is '{}', but must be constant, reflect, edge or wrap", mode);
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
  const bool pairs = c.attrs->get_bool("paddings_contiguous", true);
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t before = (*pads)[pairs ? 2 * i : i];
    const int64_t after = (*pads)[pairs ? 2 * i + 1 : i + out.size()];
    for (const int64_t pad : {before, after}) {
      if (pad < -kMaxElements || pad > kMaxElements) {
        return graph_error("paddings {} is out of range", dims_to_string(*pads));
      }
    }
    if (out[i] < 0) continue;
    const int64_t kept = out[i] + std::min<int64_t>(0, before) + std::min<int64_t>(0, after);
    if (kept < 0) {
      return graph_error("paddings {} and {} remove more than the {} elements of dimension {}",
                         before, after, out[i], i);
    }
    if (mode != "constant" && kept == 0 && (before > 0 || after > 0)) {
      return graph_error(
          "{} padding of {} and {} is impossible for dimension {}: nothing is left "
          "of its {} elements",
          mode, before, after, i, out[i]);
    }
    out[i] += before + after;
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
      {"SplitV",
       {{"x"},
        {"size_splits", PortKind::kRequired, true},
        {"split_dim", PortKind::kRequired, true}},
       {{"y", PortKind::kVariadic}},
       {{"num_split", int64_t{1}}},
       infer_split_by_input},
      {"TransposeD", {{"x"}}, {{"y"}}, {{"perm", std::vector<int64_t>(), true}}, infer_transpose},
      {"PadV3",
       {{"x"}, {"paddings", PortKind::kRequired, true}, {"constant_values", PortKind::kOptional}},
       {{"y"}},
       {{"mode", std::string("constant")}, {"paddings_contiguous", true}},
       infer_pad},
  };
  return defs;
}

}  // namespace poacl
