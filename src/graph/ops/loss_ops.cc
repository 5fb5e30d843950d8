#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status infer_nll_loss(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  const DataType target = c.inputs[1].dtype;
  if (target != DataType::kInt32 && target != DataType::kInt64) {
    return graph_error("target must be int32 or int64, but is {}", data_type_name(target));
  }
  POACL_RETURN_IF_ERROR(require_rank(c, 2, 1, "weight"));
  const auto& x = c.inputs[0];
  if (x.rank_known) {
    if (x.dims.size() < 2) {
      return graph_error("x has shape {}, but must be [N,C,...]", dims_to_string(x.dims));
    }
    POACL_RETURN_IF_ERROR(require_rank(c, 1, x.dims.size() - 1, "target"));
    for (size_t d = 0; d + 1 < x.dims.size(); ++d) {
      POACL_RETURN_IF_ERROR(require_dim(c, 1, d, x.dims[d == 0 ? 0 : d + 1], "target"));
    }
    POACL_RETURN_IF_ERROR(require_dim(c, 2, 0, x.dims[1], "weight"));
  }
  c.set_output(1, x.dtype, {});
  const std::string reduction = c.attrs->get_string("reduction");
  if (reduction == "none") {
    if (c.inputs[1].rank_known) {
      c.set_output(0, x.dtype, c.inputs[1].dims);
    } else {
      set_unknown(c, 0, x.dtype);
    }
    return {};
  }
  if (reduction != "sum" && reduction != "mean") {
    return graph_error("reduction is '{}', but must be none, sum or mean", reduction);
  }
  c.set_output(0, x.dtype, {});
  return {};
}

}  // namespace

std::span<const OpDef> loss_ops() {
  static const std::vector<OpDef> defs = {
      // Without ignore_index every class counts.
      {"NLLLoss",
       {{"x"}, {"target"}, {"weight", PortKind::kOptional}},
       {{"y"}, {"total_weight"}},
       {{"reduction", std::string("mean")}},
       infer_nll_loss},
  };
  return defs;
}

}  // namespace poacl
