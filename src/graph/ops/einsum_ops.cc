#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"
#include "kernels/einsum/einsum_equation.h"

namespace poacl {
namespace {

Status infer_einsum(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  const DataType type = c.inputs[0].dtype;
  std::vector<size_t> ranks;
  std::vector<const Dims*> dims;
  for (const auto& in : c.inputs) {
    if (!in.rank_known) {
      set_unknown(c, 0, type);
      return {};
    }
    ranks.push_back(in.dims.size());
    dims.push_back(&in.dims);
  }
  const auto terms = parse_einsum(c.attrs->get_string("equation"), ranks);
  if (!terms.ok()) return graph_error("{}", terms.status().message());
  const auto sizes = einsum_sizes(*terms, dims);
  if (!sizes.ok()) return graph_error("{}", sizes.status().message());
  Dims out;
  for (const int label : terms->output) out.push_back((*sizes)[static_cast<size_t>(label)]);
  c.set_output(0, type, std::move(out));
  return {};
}

}  // namespace

std::span<const OpDef> einsum_ops() {
  static const std::vector<OpDef> defs = {
      {"Einsum",
       {{"x", PortKind::kVariadic}},
       {{"y"}},
       {{"equation", std::string(), true}, {"N", int64_t{0}}},
       infer_einsum},
  };
  return defs;
}

}  // namespace poacl
