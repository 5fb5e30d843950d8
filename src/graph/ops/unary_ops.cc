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

Status infer_integer_unary(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_integer(c, 0, "x"));
  return infer_same_as_input(c);
}

Status infer_predicate(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  c.outputs[0] = InferContext::Out{DataType::kBool, c.inputs[0].rank_known, c.inputs[0].dims, {}};
  return {};
}

Status infer_gelu(InferContext& c) {
  const std::string form = c.attrs->get_string("approximate", "none");
  if (form != "none" && form != "tanh") {
    return graph_error("approximate is '{}', but must be none or tanh", form);
  }
  return infer_float_unary(c);
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
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
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
  c.outputs[0] = InferContext::Out{*type, c.inputs[0].rank_known, c.inputs[0].dims, {}};
  return {};
}

Status infer_bitcast(InferContext& c) {
  const DataType* type = c.attrs->find<DataType>("type");
  const size_t from = data_type_size(c.inputs[0].dtype);
  if (type == nullptr || data_type_size(*type) != from || from == 0) {
    return graph_error("x is {}, type is {}; they must be types of the same size",
                       data_type_name(c.inputs[0].dtype), type ? data_type_name(*type) : "(none)");
  }
  c.outputs[0] = InferContext::Out{*type, c.inputs[0].rank_known, c.inputs[0].dims, {}};
  return {};
}

Status infer_trilu(InferContext& c) {
  if (c.inputs[0].rank_known && c.inputs[0].dims.size() < 2) {
    return graph_error("x has shape {}, but must have at least two dimensions",
                       dims_to_string(c.inputs[0].dims));
  }
  // Checks the type; the value matters only when run.
  POACL_RETURN_IF_ERROR(constant_ints(c, 1, "k").status());
  if (c.has_input(1) && c.inputs[1].rank_known) {
    const int64_t count = element_count(c.inputs[1].dims);
    if (count >= 0 && count != 1) {
      return graph_error("k must be one number, but has shape {}",
                         dims_to_string(c.inputs[1].dims));
    }
  }
  return infer_same_as_input(c);
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
      simple("Tan", infer_float_unary),
      simple("Sinh", infer_float_unary),
      simple("Cosh", infer_float_unary),
      simple("Asin", infer_float_unary),
      simple("Acos", infer_float_unary),
      simple("Atan", infer_float_unary),
      simple("Asinh", infer_float_unary),
      simple("Acosh", infer_float_unary),
      simple("Atanh", infer_float_unary),
      simple("CeluV2", infer_float_unary, {{"alpha", 1.0f}}),
      simple("Mish", infer_float_unary),
      simple("Shrink", infer_numeric_unary, {{"lambd", 0.5f}, {"bias", 0.0f}}),
      simple("ThresholdedRelu", infer_float_unary, {{"alpha", 1.0f}}),
      simple("GeluV2", infer_gelu, {{"approximate", std::string("none")}}),
      simple("IsNan", infer_predicate),
      simple("IsInf", infer_predicate, {{"detect_negative", true}, {"detect_positive", true}}),
      simple("LogicalNot", infer_logical_not),
      simple("Invert", infer_integer_unary),
      simple("Bitcast", infer_bitcast, {{"type", DataType::kFloat, true}}),
      {"Trilu", {{"x"}, {"k", PortKind::kOptional}}, {{"y"}}, {{"upper", int64_t{0}}}, infer_trilu},
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
