// TopKV2.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status infer_top_k(InferContext& c) {
  const DataType type = c.inputs[0].dtype;
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  const DataType index_type = *c.attrs->find<DataType>("indices_dtype");
  if (index_type != DataType::kInt32 && index_type != DataType::kInt64) {
    return graph_error("indices_dtype is {}, but must be int32 or int64",
                       data_type_name(index_type));
  }
  POACL_ASSIGN_OR_RETURN(const auto k, constant_ints(c, 1, "k"));
  if (k && (k->size() != 1 || (*k)[0] < 0)) {
    return graph_error("k must be one number from 0 on, but is {}", dims_to_string(*k));
  }
  if (c.inputs[1].rank_known && element_count(c.inputs[1].dims) >= 0 &&
      element_count(c.inputs[1].dims) != 1) {
    return graph_error("k must be one number, but has shape {}", dims_to_string(c.inputs[1].dims));
  }
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    set_unknown(c, 1, index_type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  POACL_ASSIGN_OR_RETURN(const int64_t axis, normalize_axis(c.attrs->get_int("dim", -1),
                                                            static_cast<int64_t>(x.size()), "dim"));
  c.attrs->set("dim", axis);
  const int64_t extent = x[static_cast<size_t>(axis)];
  if (k && extent >= 0 && (*k)[0] > extent) {
    return graph_error("the {} first of dimension {} of x {} are wanted, but it has only {}",
                       (*k)[0], axis, dims_to_string(x), extent);
  }
  Dims out = x;
  out[static_cast<size_t>(axis)] = k ? (*k)[0] : -1;
  Dims most;
  if (!k && extent >= 0) {
    most.assign(out.size(), -1);
    most[static_cast<size_t>(axis)] = extent;
  }
  c.set_output(0, type, out);
  c.set_output(1, index_type, out);
  for (InferContext::Out& output : c.outputs) output.max_dims = most;
  return {};
}

}  // namespace

std::span<const OpDef> sort_ops() {
  static const std::vector<OpDef> defs = {
      {"TopKV2",
       {{"x"}, {"k", PortKind::kRequired, true}},
       {{"values"}, {"indices"}},
       {{"sorted", true},
        {"dim", int64_t{-1}},
        {"largest", true},
        {"indices_dtype", DataType::kInt32}},
       infer_top_k},
  };
  return defs;
}

}  // namespace poacl
