// The plan that every kernel of the four row normalisations shares.
#include <fmt/format.h>

#include "kernels/norm/row_norm.h"

namespace poacl {
namespace {

int64_t product(const Dims& dims, size_t first, size_t last) {
  int64_t count = 1;
  for (size_t i = first; i < last; ++i) count *= dims[i];
  return count;
}

Status read_layer_norm(const OpInstance& op, RowNormParams* p) {
  const Dims& x = op.inputs[0].dims;
  const auto rank = static_cast<int64_t>(x.size());
  int64_t axis = op.attrs->get_int("begin_norm_axis", -1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) {
    return declined(fmt::format("begin_norm_axis {} of x {}", axis, dims_to_string(x)));
  }
  const auto split = static_cast<size_t>(axis);
  p->rows = product(x, 0, split);
  p->length = product(x, split, x.size());
  p->inner = 1;
  p->parameters = p->length;
  return {};
}

Status read_group_norm(const OpInstance& op, RowNormParams* p) {
  const Dims& x = op.inputs[0].dims;
  if (x.size() < 2) return declined("x has fewer than two dimensions");
  const int64_t groups = op.type == "InstanceNorm" ? x[1] : op.attrs->get_int("num_groups", 1);
  if (groups < 0 || (groups == 0 ? x[1] != 0 : x[1] % groups != 0)) {
    return declined(fmt::format("{} channels in {} groups", x[1], groups));
  }
  const int64_t plane = product(x, 2, x.size());
  p->rows = x[0] * groups;
  p->length = groups == 0 ? 0 : x[1] / groups * plane;
  p->parameters = x[1];
  p->inner = plane;
  // Parameters per group instead of per channel, as ONNX had it in opset 18.
  if (op.inputs.size() > 1 && op.inputs[1].dims == Dims{groups}) {
    p->parameters = groups;
    p->inner = p->length;
  }
  return {};
}

bool present(const OpInstance& op, size_t input) {
  return op.inputs.size() > input && !op.inputs[input].absent();
}

}  // namespace

Status read_row_norm(const OpInstance& op, RowNormParams* params) {
  RowNormParams p{};
  const bool rms = op.type == "RmsNorm";
  const bool layer = rms || op.type == "LayerNormV3";
  POACL_RETURN_IF_ERROR(layer ? read_layer_norm(op, &p) : read_group_norm(op, &p));
  p.dtype = op.inputs[0].dtype;
  if (p.dtype != DataType::kFloat && p.dtype != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  p.epsilon = op.attrs->get_float(op.type == "GroupNorm" ? "eps" : "epsilon", 1e-5f);
  p.centred = !rms;
  p.has_gamma = present(op, 1);
  p.has_beta = present(op, 2);
  for (size_t i = 1; i < 3; ++i) {
    if (!present(op, i)) continue;
    if (op.inputs[i].dtype != p.dtype || element_count(op.inputs[i].dims) != p.parameters) {
      return declined(fmt::format("{} is {}{}, {} of {} wanted", i == 1 ? "gamma" : "beta",
                                  data_type_name(op.inputs[i].dtype),
                                  dims_to_string(op.inputs[i].dims), p.parameters,
                                  data_type_name(p.dtype)));
    }
  }
  p.has_mean = !rms && op.outputs.size() > 1;
  const int spread = rms ? 1 : 2;
  p.spread_output = op.outputs.size() > static_cast<size_t>(spread) ? spread : 0;
  p.spread_is_variance = !layer;
  *params = p;
  return {};
}

}  // namespace poacl
