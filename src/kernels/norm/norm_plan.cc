// What the plans of the family have in common.
#include "kernels/norm/norm_kernels.h"

namespace poacl {
namespace {

Status read_channels(const OpInstance& op, int64_t* batch, int64_t* channels, int64_t* plane) {
  const Dims& dims = op.inputs[0].dims;
  if (dims.size() < 2) return declined("x has fewer than two dimensions");
  const DataType dtype = op.inputs[0].dtype;
  if (dtype != DataType::kFloat && dtype != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(dtype)));
  }
  *batch = dims[0];
  *channels = dims[1];
  *plane = element_count(std::span<const int64_t>(dims).subspan(2));
  return {};
}

}  // namespace

Status read_lrn(const OpInstance& op, LrnParams* params) {
  LrnParams p{};
  POACL_RETURN_IF_ERROR(read_channels(op, &p.batch, &p.channels, &p.plane));
  p.dtype = op.inputs[0].dtype;
  p.before = p.after = op.attrs->get_int("depth_radius", 5);
  p.after += op.attrs->get_bool("even_size") ? 1 : 0;
  p.bias = op.attrs->get_float("bias", 1.0f);
  p.alpha = op.attrs->get_float("alpha", 1.0f);
  p.beta = op.attrs->get_float("beta", 0.5f);
  if (p.before < 0) return declined("negative depth_radius");
  *params = p;
  return {};
}

Status read_batch_norm(const OpInstance& op, BatchNormParams* params) {
  BatchNormParams p{};
  POACL_RETURN_IF_ERROR(read_channels(op, &p.batch, &p.channels, &p.plane));
  p.dtype = op.inputs[0].dtype;
  for (size_t i = 1; i < 5; ++i) {
    if (op.inputs[i].dtype != p.dtype) return declined("parameters of another type than x");
  }
  p.epsilon = op.attrs->get_float("epsilon", 1e-5f);
  p.block = 1;
  p.rows = p.channels;
  *params = p;
  return {};
}

}  // namespace poacl
