#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status broadcast_into(InferContext& c, size_t first, size_t count, DataType type) {
  Dims dims = c.inputs[first].dims;
  bool known = c.inputs[first].rank_known;
  for (size_t i = first + 1; i < first + count && known; ++i) {
    known = c.inputs[i].rank_known;
    if (!known) break;
    POACL_ASSIGN_OR_RETURN(dims, broadcast_dims(dims, c.inputs[i].dims));
  }
  if (known) {
    c.set_output(0, type, std::move(dims));
  } else {
    set_unknown(c, 0, type);
  }
  return {};
}

Status infer_arithmetic(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x1"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  return broadcast_into(c, 0, 2, c.inputs[0].dtype);
}

// The exponent may be of another type; the result has the base's.
Status infer_pow(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x1"));
  POACL_RETURN_IF_ERROR(require_numeric(c, 1, "x2"));
  return broadcast_into(c, 0, 2, c.inputs[0].dtype);
}

Status infer_comparison(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_same_type(c));
  return broadcast_into(c, 0, 2, DataType::kBool);
}

Status infer_integer(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_integer(c, 0, "x1"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  return broadcast_into(c, 0, 2, c.inputs[0].dtype);
}

Status infer_logical(InferContext& c) {
  for (size_t i = 0; i < 2; ++i) {
    if (c.inputs[i].dtype != DataType::kBool) {
      return graph_error("x{} must be bool, but is {}", i + 1, data_type_name(c.inputs[i].dtype));
    }
  }
  return broadcast_into(c, 0, 2, DataType::kBool);
}

Status infer_select(InferContext& c) {
  if (c.inputs[0].dtype != DataType::kBool) {
    return graph_error("condition must be bool, but is {}", data_type_name(c.inputs[0].dtype));
  }
  if (c.inputs[1].dtype != c.inputs[2].dtype) {
    return graph_error("then is {}, but else is {}; the types must be the same",
                       data_type_name(c.inputs[1].dtype), data_type_name(c.inputs[2].dtype));
  }
  return broadcast_into(c, 0, 3, c.inputs[1].dtype);
}

OpDef binary(std::string_view type, Status (*infer)(InferContext&)) {
  return OpDef{type, {{"x1"}, {"x2"}}, {{"y"}}, {}, infer};
}

}  // namespace

std::span<const OpDef> binary_ops() {
  static const std::vector<OpDef> defs = {
      binary("Add", infer_arithmetic),
      binary("Sub", infer_arithmetic),
      binary("Mul", infer_arithmetic),
      binary("RealDiv", infer_arithmetic),
      binary("Maximum", infer_arithmetic),
      binary("Minimum", infer_arithmetic),
      binary("Pow", infer_pow),
      binary("Mod", infer_arithmetic),
      binary("FloorMod", infer_arithmetic),
      binary("BitwiseAnd", infer_integer),
      binary("BitwiseOr", infer_integer),
      binary("BitwiseXor", infer_integer),
      binary("LeftShift", infer_integer),
      binary("RightShift", infer_integer),
      binary("Equal", infer_comparison),
      binary("NotEqual", infer_comparison),
      binary("Greater", infer_comparison),
      binary("GreaterEqual", infer_comparison),
      binary("Less", infer_comparison),
      binary("LessEqual", infer_comparison),
      binary("LogicalAnd", infer_logical),
      binary("LogicalOr", infer_logical),
      binary("LogicalXor", infer_logical),
      {"SelectV2", {{"condition"}, {"then"}, {"else"}}, {{"y"}}, {}, infer_select},
  };
  return defs;
}

}  // namespace poacl
