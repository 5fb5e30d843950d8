// Operators whose output is the input's bytes under other dims.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// Fills in 0 (copy) and -1 (the rest) of a wanted shape.
Result<Dims> resolve_shape(const InferContext::In& x, std::vector<int64_t> wanted,
                           bool allow_zero) {
  const std::string request = dims_to_string(wanted);
  int64_t rest = -1;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == 0 && !allow_zero) {
      if (!x.rank_known) {
        wanted[i] = -2;  // unknown, but not "the rest"
        continue;
      }
      if (i >= x.dims.size()) {
        return graph_error("shape {} copies dimension {}, but x has shape {}", request, i,
                           dims_to_string(x.dims));
      }
      wanted[i] = x.dims[i] < 0 ? -2 : x.dims[i];
    } else if (wanted[i] == -1) {
      if (rest >= 0) return graph_error("shape {} leaves more than one dimension open", request);
      rest = static_cast<int64_t>(i);
    } else if (wanted[i] < 0) {
      return graph_error("shape {} contains the negative dimension {}", request, wanted[i]);
    }
  }
  const int64_t total = x.rank_known ? element_count(x.dims) : -1;
  bool complete = total >= 0;
  Dims fixed;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == -2) {
      complete = false;
      wanted[i] = -1;
    } else if (static_cast<int64_t>(i) != rest) {
      fixed.push_back(wanted[i]);
    }
  }
  if (!complete) return wanted;
  const int64_t product = element_count(fixed);
  if (product < 0) return graph_error("shape {} has too many elements", request);
  if (rest >= 0) {
    if (product == 0 || total % product != 0) {
      return graph_error("x of shape {} has {} elements, which shape {} cannot hold",
                         dims_to_string(x.dims), total, request);
    }
    wanted[static_cast<size_t>(rest)] = total / product;
  } else if (product != total) {
    return graph_error("x of shape {} has {} elements, but shape {} has {}", dims_to_string(x.dims),
                       total, request, product);
  }
  return wanted;
}

Status infer_reshape(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  POACL_RETURN_IF_ERROR(require_rank(c, 1, 1, "shape"));
  POACL_ASSIGN_OR_RETURN(const auto shape, constant_ints(c, 1, "shape"));
  if (!shape) {
    const auto& in = c.inputs[1];
    if (in.rank_known && in.dims[0] >= 0 && in.dims[0] <= static_cast<int64_t>(kMaxRank)) {
      c.set_output(0, type, Dims(static_cast<size_t>(in.dims[0]), -1));
    } else {
      set_unknown(c, 0, type);
    }
    return {};
  }
  POACL_ASSIGN_OR_RETURN(Dims out,
                         resolve_shape(c.inputs[0], *shape, c.attrs->get_bool("allowzero")));
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_flatten(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  if (!c.inputs[0].rank_known) {
    c.set_output(0, type, {-1, -1});
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  const int64_t rank = static_cast<int64_t>(x.size());
  int64_t axis = c.attrs->get_int("axis", 1);
  if (axis < -rank || axis > rank) {
    return graph_error("axis is {}, but x of shape {} allows {} to {}", axis, dims_to_string(x),
                       -rank, rank);
  }
  if (axis < 0) axis += rank;
  const std::span<const int64_t> all(x);
  const auto split = static_cast<size_t>(axis);
  c.set_output(0, type, {element_count(all.first(split)), element_count(all.subspan(split))});
  return {};
}

Status squeeze(InferContext& c, const std::vector<int64_t>& given) {
  const DataType type = c.inputs[0].dtype;
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  POACL_ASSIGN_OR_RETURN(auto axes, normalize_axes(given, static_cast<int64_t>(x.size()), "axis"));
  for (const int64_t axis : axes) {
    const int64_t d = x[static_cast<size_t>(axis)];
    if (d != 1 && d != -1) {
      return graph_error("axis {} of x {} cannot be removed: its size is {}, not 1", axis,
                         dims_to_string(x), d);
    }
  }
  Dims out;
  for (size_t i = 0; i < x.size(); ++i) {
    const bool listed = std::find(axes.begin(), axes.end(), static_cast<int64_t>(i)) != axes.end();
    if (axes.empty() && x[i] == -1) {
      set_unknown(c, 0, type);
      return {};
    }
    if (axes.empty() ? x[i] != 1 : !listed) out.push_back(x[i]);
  }
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_squeeze(InferContext& c) {
  return squeeze(c, c.attrs->get_ints("axis"));
}

// What is known of an output of `change` more dimensions for each of the axes, which are not known.
void set_rank_only(InferContext& c, int64_t change) {
  set_unknown(c, 0, c.inputs[0].dtype);
  const auto& axes = c.inputs[1];
  if (!c.inputs[0].rank_known || !axes.rank_known || element_count(axes.dims) < 0) return;
  const int64_t rank =
      static_cast<int64_t>(c.inputs[0].dims.size()) + change * element_count(axes.dims);
  if (rank < 0 || rank > static_cast<int64_t>(kMaxRank)) return;
  c.set_output(0, c.inputs[0].dtype, Dims(static_cast<size_t>(rank), -1));
}

Status infer_squeeze_by_input(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(const auto axes, constant_ints(c, 1, "axes"));
  if (axes || !c.has_input(1)) return squeeze(c, axes.value_or(std::vector<int64_t>()));
  set_rank_only(c, -1);
  return {};
}

Status unsqueeze(InferContext& c, const std::vector<int64_t>& given) {
  const DataType type = c.inputs[0].dtype;
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims out = c.inputs[0].dims;
  if (given.size() + out.size() > kMaxRank) {
    return graph_error("{} new axes on x of shape {} make more than {} dimensions", given.size(),
                       dims_to_string(out), kMaxRank);
  }
  const int64_t rank = static_cast<int64_t>(out.size() + given.size());
  POACL_ASSIGN_OR_RETURN(const auto axes, normalize_axes(given, rank, "axes"));
  for (const int64_t axis : axes) out.insert(out.begin() + axis, 1);
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_unsqueeze(InferContext& c) {
  return unsqueeze(c, c.attrs->get_ints("axes"));
}

Status infer_unsqueeze_by_input(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(const auto axes, constant_ints(c, 1, "axes"));
  if (axes) return unsqueeze(c, *axes);
  set_rank_only(c, 1);
  return {};
}

}  // namespace

std::span<const OpDef> view_ops() {
  static const std::vector<OpDef> defs = {
      {"Reshape",
       {{"x"}, {"shape", PortKind::kRequired, true}},
       {{"y"}},
       {{"allowzero", false}},
       infer_reshape,
       true},
      {"Flatten", {{"x"}}, {{"y"}}, {{"axis", int64_t{1}}}, infer_flatten, true},
      {"Squeeze", {{"x"}}, {{"y"}}, {{"axis", std::vector<int64_t>()}}, infer_squeeze, true},
      {"Unsqueeze",
       {{"x"}},
       {{"y"}},
       {{"axes", std::vector<int64_t>(), true}},
       infer_unsqueeze,
       true},
      // The same with the axes as an input.
      {"SqueezeV3",
       {{"x"}, {"axes", PortKind::kOptional, true}},
       {{"y"}},
       {},
       infer_squeeze_by_input,
       true},
      {"UnsqueezeV3",
       {{"x"}, {"axes", PortKind::kRequired, true}},
       {{"y"}},
       {},
       infer_unsqueeze_by_input,
       true},
      {"Identity", {{"x"}}, {{"y"}}, {}, infer_same_as_input, true},
  };
  return defs;
}

}  // namespace poacl
