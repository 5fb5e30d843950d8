#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status infer_float_unary(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  return infer_same_as_input(c);
}

Status infer_numeric_unary(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  return infer_same_as_input(c);
}

Status infer_logical_not(InferContext& c) {
  if (c.inputs[0].dtype != DataType::kBool) {
    return graph_error("x must be bool, but is {}", data_type_name(c.inputs[0].dtype));
  }
  return infer_same_as_input(c);
}

Status infer_clip(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  for (size_t i = 1; i < 3; ++i) {
    if (!c.has_input(i) || !c.inputs[i].rank_known) continue;
    const int64_t count = element_count(c.inputs[i].dims);
    if (count >= 0 && count != 1) {
      return graph_error("{} must be a scalar, but has shape {}",
                         i == 1 ? "clip_value_min" : "clip_value_max",
                         dims_to_string(c.inputs[i].dims));
    }
  }
  return infer_same_as_input(c);
}

Status infer_prelu(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  if (c.inputs[0].rank_known && c.inputs[1].rank_known) {
    POACL_ASSIGN_OR_RETURN(const Dims both, broadcast_dims(c.inputs[0].dims, c.inputs[1].dims));
    if (both != c.inputs[0].dims) {
      return graph_error("weight {} does not broadcast to x {}", dims_to_string(c.inputs[1].dims),
                         dims_to_string(c.inputs[0].dims));
    }
  }
  return infer_same_as_input(c);
}

Status infer_cast(InferContext& c) {
  const DataType* type = c.attrs->find<DataType>("dst_type");
  if (type == nullptr || !(is_numeric(*type) || *type == DataType::kBool)) {
    return graph_error("dst_type {} is not supported; numeric types and bool are",
                       type ? data_type_name(*type) : "(none)");
  }
  if (!is_numeric(c.inputs[0].dtype) && c.inputs[0].dtype != DataType::kBool) {
    return graph_error("x is {}; only numeric types and bool can be cast",
                       data_type_name(c.inputs[0].dtype));
  }
  c.outputs[0] = InferContext::Out{*type, c.inputs[0].rank_known, c.inputs[0].dims};
  return {};
}

OpDef simple(std::string_view type, Status (*infer)(InferContext&),
             std::vector<AttrDef> attrs = {}) {
  return OpDef{type, {{"x"}}, {{"y"}}, std::move(attrs), infer};
}

}  // namespace

std::span<const OpDef> unary_ops() {
  static const std::vector<OpDef> defs = {
      simple("Relu", infer_numeric_unary),
      simple("Relu6", infer_numeric_unary),
      simple("LeakyRelu", infer_float_unary, {{"negative_slope", 0.0f}}),
      simple("Sigmoid", infer_float_unary),
      simple("Tanh", infer_float_unary),
      simple("HardSigmoid", infer_float_unary, {{"alpha", 0.16666666f}, {"beta", 0.5f}}),
      simple("HardSwish", infer_float_unary),
      simple("Swish", infer_float_unary, {{"scale", 1.0f}}),
      simple("Elu", infer_float_unary, {{"alpha", 1.0f}}),
      simple("Selu", infer_float_unary),
      simple("Softplus", infer_float_unary),
      simple("Softsign", infer_float_unary),
      simple("Gelu", infer_float_unary),
      simple("Erf", infer_float_unary),
      simple("Exp", infer_float_unary),
      simple("Log", infer_float_unary),
      simple("Sqrt", infer_float_unary),
      simple("Rsqrt", infer_float_unary),
      simple("Reciprocal", infer_float_unary),
      simple("Abs", infer_numeric_unary),
      simple("Neg", infer_numeric_unary),
      simple("Sign", infer_numeric_unary),
      simple("Floor", infer_float_unary),
      simple("Ceil", infer_float_unary),
      simple("Round", infer_float_unary),
      simple("Sin", infer_float_unary),
      simple("Cos", infer_float_unary),
      simple("LogicalNot", infer_logical_not),
      {"ClipByValue",
       {{"x"}, {"clip_value_min", PortKind::kOptional}, {"clip_value_max", PortKind::kOptional}},
       {{"y"}},
       {},
       infer_clip},
      {"PRelu", {{"x"}, {"weight"}}, {{"y"}}, {}, infer_prelu},
      {"Cast", {{"x"}}, {{"y"}}, {{"dst_type", DataType::kFloat, true}}, infer_cast},
  };
  return defs;
}

}  // namespace poacl
