// Operators whose output shape comes from a value: Tile, Expand, Fill, Range, Shape, Size.
#include <algorithm>
#include <cmath>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"
#include "kernels/shape/range_count.h"

namespace poacl {
namespace {

Status infer_tile(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  POACL_ASSIGN_OR_RETURN(const auto multiples, constant_ints(c, 1, "multiples"));
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims out = c.inputs[0].dims;
  if (!multiples) {
    c.set_output(0, type, Dims(out.size(), -1));
    return {};
  }
  if (multiples->size() != out.size()) {
    return graph_error("multiples {} has {} numbers, but x has shape {}",
                       dims_to_string(*multiples), multiples->size(), dims_to_string(out));
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t times = (*multiples)[i];
    if (times < 0 || times > kMaxElements) {
      return graph_error("multiples {} contains {}", dims_to_string(*multiples), times);
    }
    if (out[i] >= 0) out[i] *= times;  // both factors are at most 2^31
  }
  c.set_output(0, type, std::move(out));
  return {};
}

// Values of a shape given as an input, or unknown output when it is not constant.
Result<std::optional<Dims>> shape_input(InferContext& c, size_t input, std::string_view what,
                                        DataType type) {
  POACL_RETURN_IF_ERROR(require_rank(c, input, 1, what));
  POACL_ASSIGN_OR_RETURN(auto shape, constant_ints(c, input, what));
  if (!shape) {
    const auto& in = c.inputs[input];
    if (in.rank_known && in.dims[0] >= 0 && in.dims[0] <= static_cast<int64_t>(kMaxRank)) {
      c.set_output(0, type, Dims(static_cast<size_t>(in.dims[0]), -1));
    } else {
      set_unknown(c, 0, type);
    }
    return std::optional<Dims>();
  }
  for (const int64_t d : *shape) {
    if (d < 0)
      return graph_error("{} {} contains a negative dimension", what, dims_to_string(*shape));
  }
  return std::move(shape);
}

Status infer_expand(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  POACL_ASSIGN_OR_RETURN(const auto shape, shape_input(c, 1, "shape", type));
  if (!shape) return {};
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  POACL_ASSIGN_OR_RETURN(Dims out, broadcast_dims(c.inputs[0].dims, *shape));
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_fill(InferContext& c) {
  const DataType type = c.inputs[1].dtype;
  if (c.inputs[1].rank_known && element_count(c.inputs[1].dims) != 1) {
    return graph_error("value must be one number, but has shape {}",
                       dims_to_string(c.inputs[1].dims));
  }
  POACL_ASSIGN_OR_RETURN(const auto shape, shape_input(c, 0, "dims", type));
  if (shape) c.set_output(0, type, *shape);
  return {};
}

Status infer_range(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "start"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  const DataType type = c.inputs[0].dtype;
  const Tensor* values[3];
  bool constant = true;
  for (size_t i = 0; i < 3; ++i) {
    values[i] = c.inputs[i].constant;
    if (c.inputs[i].rank_known) {
      const int64_t count = element_count(c.inputs[i].dims);
      if (count >= 0 && count != 1) {
        return graph_error("start, limit and delta must be scalars, but input {} has shape {}", i,
                           dims_to_string(c.inputs[i].dims));
      }
    }
    constant = constant && values[i] != nullptr;
  }
  if (!constant) {
    c.set_output(0, type, {-1});
    return {};
  }
  const int64_t count = range_count(*values[0], *values[1], *values[2]);
  if (count == kRangeUnsupported) {
    return graph_error("type {} is not supported here", data_type_name(type));
  }
  if (count < 0 || count > kMaxElements) {
    return graph_error("the range has no end or more than {} elements; check delta", kMaxElements);
  }
  c.set_output(0, type, {count});
  return {};
}

Status infer_shape(InferContext& c) {
  if (!c.inputs[0].rank_known) {
    c.set_output(0, DataType::kInt64, {-1});
    return {};
  }
  const int64_t rank = static_cast<int64_t>(c.inputs[0].dims.size());
  const auto clamp = [rank](int64_t i) {
    return std::clamp<int64_t>(i < 0 ? i + rank : i, 0, rank);
  };
  const int64_t start = clamp(c.attrs->get_int("start"));
  const int64_t end = clamp(c.attrs->get_int("end"));
  c.set_output(0, DataType::kInt64, {std::max<int64_t>(0, end - start)});
  return {};
}

Status infer_size(InferContext& c) {
  c.set_output(0, DataType::kInt64, {});
  return {};
}

}  // namespace

std::span<const OpDef> make_ops() {
  static const std::vector<OpDef> defs = {
      {"Tile", {{"x"}, {"multiples", PortKind::kRequired, true}}, {{"y"}}, {}, infer_tile},
      {"Expand", {{"x"}, {"shape", PortKind::kRequired, true}}, {{"y"}}, {}, infer_expand},
      {"Fill", {{"dims", PortKind::kRequired, true}, {"value"}}, {{"y"}}, {}, infer_fill},
      {"Range",
       {{"start", PortKind::kRequired, true},
        {"limit", PortKind::kRequired, true},
        {"delta", PortKind::kRequired, true}},
       {{"y"}},
       {},
       infer_range},
      {"Shape", {{"x"}}, {{"y"}}, {{"start", int64_t{0}}, {"end", INT64_MAX}}, infer_shape},
      {"Size", {{"x"}}, {{"y"}}, {}, infer_size},
  };
  return defs;
}

}  // namespace poacl
