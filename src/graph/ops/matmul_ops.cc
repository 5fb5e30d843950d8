#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status check_inner(const Dims& a, const Dims& b, int64_t ka, int64_t kb) {
  if (ka < 0 || kb < 0 || ka == kb) return {};
  return graph_error("x1 {} and x2 {} cannot be multiplied: the inner dimensions are {} and {}",
                     dims_to_string(a), dims_to_string(b), ka, kb);
}

Status infer_matmul(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x1"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 2, "x1"));
  POACL_RETURN_IF_ERROR(require_rank(c, 1, 2, "x2"));
  POACL_RETURN_IF_ERROR(require_rank(c, 2, 1, "bias"));
  const Dims a = c.inputs[0].rank_known ? c.inputs[0].dims : Dims(2, -1);
  const Dims b = c.inputs[1].rank_known ? c.inputs[1].dims : Dims(2, -1);
  const bool ta = c.attrs->get_bool("transpose_x1");
  const bool tb = c.attrs->get_bool("transpose_x2");
  POACL_RETURN_IF_ERROR(check_inner(a, b, ta ? a[0] : a[1], tb ? b[1] : b[0]));
  const Dims out = {ta ? a[1] : a[0], tb ? b[0] : b[1]};
  POACL_RETURN_IF_ERROR(require_dim(c, 2, 0, out[1], "bias"));
  POACL_RETURN_IF_ERROR(require_rank(c, 3, 2, "residual"));
  for (size_t i = 0; i < 2; ++i) POACL_RETURN_IF_ERROR(require_dim(c, 3, i, out[i], "residual"));
  c.set_output(0, c.inputs[0].dtype, out);
  return {};
}

Status infer_batch_matmul(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x1"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  POACL_RETURN_IF_ERROR(require_rank(c, 2, 1, "bias"));
  for (size_t i = 0; i < 2; ++i) {
    if (c.inputs[i].rank_known && c.inputs[i].dims.size() < 2) {
      return graph_error("x{} has shape {}, but must have at least 2 dimensions", i + 1,
                         dims_to_string(c.inputs[i].dims));
    }
  }
  if (!c.inputs[0].rank_known || !c.inputs[1].rank_known) {
    set_unknown(c, 0, c.inputs[0].dtype);
    return {};
  }
  Dims a = c.inputs[0].dims;
  Dims b = c.inputs[1].dims;
  const bool ta = c.attrs->get_bool("adj_x1");
  const bool tb = c.attrs->get_bool("adj_x2");
  const size_t ra = a.size();
  const size_t rb = b.size();
  POACL_RETURN_IF_ERROR(check_inner(a, b, ta ? a[ra - 2] : a[ra - 1], tb ? b[rb - 1] : b[rb - 2]));
  const int64_t m = ta ? a[ra - 1] : a[ra - 2];
  const int64_t n = tb ? b[rb - 2] : b[rb - 1];
  a.resize(ra - 2);
  b.resize(rb - 2);
  POACL_ASSIGN_OR_RETURN(Dims out, broadcast_dims(a, b));
  out.push_back(m);
  out.push_back(n);
  POACL_RETURN_IF_ERROR(require_dim(c, 2, 0, n, "bias"));
  c.set_output(0, c.inputs[0].dtype, std::move(out));
  return {};
}

}  // namespace

std::span<const OpDef> matmul_ops() {
  static const std::vector<OpDef> defs = {
      {"MatMulV2",
       {{"x1"}, {"x2"}, {"bias", PortKind::kOptional}, {"residual", PortKind::kOptional}},
       {{"y"}},
       {{"transpose_x1", false}, {"transpose_x2", false}},
       infer_matmul},
      {"BatchMatMulV2",
       {{"x1"}, {"x2"}, {"bias", PortKind::kOptional}, {"residual", PortKind::kOptional}},
       {{"y"}},
       {{"adj_x1", false}, {"adj_x2", false}},
       infer_batch_matmul},
  };
  return defs;
}

}  // namespace poacl
