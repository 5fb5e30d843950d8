// What the compiler makes of quantised operators and the float ones between them: QuantLinear,
// QuantAttention, LayerNormQuant.
#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

bool is_quant(DataType type) {
  return type == DataType::kInt8 || type == DataType::kUint8;
}

// Attribute `name` as an eight-bit type; float, too, where that is allowed.
Result<DataType> type_attr(const InferContext& c, std::string_view name, bool or_float) {
  const DataType* type = c.attrs->find<DataType>(name);
  if (type != nullptr && (is_quant(*type) || (or_float && *type == DataType::kFloat))) return *type;
  return graph_error("{} must be int8{} uint8{}", name, or_float ? "," : " or",
                     or_float ? " or float" : "");
}

Status require_zero(const InferContext& c, std::string_view name, DataType type) {
  const int64_t value = c.attrs->get_int(name);
  const int64_t low = type == DataType::kInt8 ? -128 : 0;
  if (!is_quant(type) || (value >= low && value <= low + 255)) return {};
  return graph_error("{} is {}, but must be from {} to {}", name, value, low, low + 255);
}

Status infer_linear(InferContext& c) {
  POACL_RETURN_IF_ERROR(find_op("QuantBatchMatmul")->infer(c));
  POACL_ASSIGN_OR_RETURN(const DataType type, type_attr(c, "dtype", true));
  if (!c.has_input(5)) return graph_error("scale must be given");
  if (c.has_input(7)) {
    if (c.inputs[7].dtype != DataType::kFloat) return graph_error("real_bias must be float");
    POACL_RETURN_IF_ERROR(require_rank(c, 7, 1, "real_bias"));
  }
  if (c.has_input(8)) {
    if (!is_quant(c.inputs[8].dtype) && c.inputs[8].dtype != DataType::kFloat) {
      return graph_error("addend is {}, but must be float, int8 or uint8",
                         data_type_name(c.inputs[8].dtype));
    }
    POACL_RETURN_IF_ERROR(require_zero(c, "addend_offset", c.inputs[8].dtype));
  }
  POACL_RETURN_IF_ERROR(require_zero(c, "y_zero", type));
  c.outputs[0].dtype = type;
  return {};
}

Status infer_attention(InferContext& c) {
  constexpr std::string_view kNames[] = {"query", "key", "value"};
  const std::string layout = c.attrs->get_string("layout", "BNSD");
  if (layout != "BNSD" && layout != "BSND") {
    return graph_error("layout is '{}', but must be BNSD or BSND", layout);
  }
  const size_t sequence = layout == "BNSD" ? 2 : 1;
  Dims dims[3];
  for (size_t i = 0; i < 3; ++i) {
    if (!is_quant(c.inputs[i].dtype)) {
      return graph_error("{} is {}, but must be int8 or uint8", kNames[i],
                         data_type_name(c.inputs[i].dtype));
    }
    POACL_RETURN_IF_ERROR(require_rank(c, i, 4, kNames[i]));
    POACL_RETURN_IF_ERROR(require_zero(c, std::string(kNames[i]) + "_offset", c.inputs[i].dtype));
    dims[i] = c.inputs[i].rank_known ? c.inputs[i].dims : Dims(4, -1);
  }
  for (const size_t axis : {size_t{0}, 3 - sequence, size_t{3}}) {
    POACL_RETURN_IF_ERROR(require_dim(c, 1, axis, dims[0][axis], "key"));
  }
  for (const size_t axis : {size_t{0}, size_t{1}, size_t{2}}) {
    POACL_RETURN_IF_ERROR(require_dim(c, 2, axis, dims[1][axis], "value"));
  }
  if (c.has_input(3)) {
    if (c.inputs[3].dtype != DataType::kFloat) return graph_error("mask must be float");
    if (c.inputs[3].rank_known && (c.inputs[3].dims.empty() || c.inputs[3].dims.size() > 4)) {
      return graph_error("mask {} must have 1 to 4 dimensions", dims_to_string(c.inputs[3].dims));
    }
  }
  for (const std::string_view name : {"score_", "share_", "y_"}) {
    POACL_ASSIGN_OR_RETURN(const DataType type, type_attr(c, std::string(name) + "dtype", false));
    POACL_RETURN_IF_ERROR(require_zero(c, std::string(name) + "offset", type));
  }
  c.set_output(0, *c.attrs->find<DataType>("y_dtype"),
               {dims[0][0], dims[0][1], dims[0][2], dims[2][3]});
  return {};
}

Status infer_layer_norm(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(const DataType type, type_attr(c, "dtype", false));
  POACL_RETURN_IF_ERROR(require_zero(c, "y_offset", type));
  for (size_t i = 0; i < 3; ++i) {
    if (c.has_input(i) && c.inputs[i].dtype != DataType::kFloat) {
      return graph_error("x, gamma and beta must be float");
    }
  }
  POACL_RETURN_IF_ERROR(infer_same_as_input(c));
  c.outputs[0].dtype = type;
  return {};
}

std::vector<AttrDef> attention_attrs() {
  std::vector<AttrDef> attrs = {{"layout", std::string("BNSD")}, {"scale_value", 1.0f}};
  for (const std::string_view scale :
       {"query_scale", "key_scale", "value_scale", "score_scale", "share_scale", "y_scale"}) {
    attrs.push_back({scale, 1.0f});
  }
  for (const std::string_view offset :
       {"query_offset", "key_offset", "value_offset", "score_offset", "share_offset", "y_offset"}) {
    attrs.push_back({offset, int64_t{0}});
  }
  for (const std::string_view dtype : {"score_dtype", "share_dtype", "y_dtype"}) {
    attrs.push_back({dtype, DataType::kUint8});
  }
  return attrs;
}

}  // namespace

std::span<const OpDef> quant_fused_ops() {
  static const std::vector<OpDef> defs = {
      // The first seven operands and the clips are those of QuantBatchMatmul, x2 one matrix. Its
      // result, times real_scale with its offset taken off where it is rounded, plus real_bias, is
      // perhaps put through GELU, gets the addend, which stands for addend_scale * (addend -
      // addend_offset) where it is quantised, and leaves as `dtype`, by y_scale and y_zero.
      {"QuantLinear",
       {{"x1"},
        {"x2"},
        {"x1_offset", PortKind::kOptional},
        {"x2_offset", PortKind::kOptional},
        {"bias", PortKind::kOptional},
        {"scale", PortKind::kOptional},
        {"y_offset", PortKind::kOptional},
        {"real_bias", PortKind::kOptional},
        {"addend", PortKind::kOptional}},
       {{"y"}},
       {{"clip_low", int64_t{-128}},
        {"clip_high", int64_t{255}},
        {"real_scale", 1.0f},
        {"gelu", false},
        {"addend_scale", 1.0f},
        {"addend_offset", int64_t{0}},
        {"dtype", DataType::kFloat},
        {"y_scale", 1.0f},
        {"y_zero", int64_t{0}}},
       infer_linear},
      // softmax(query key^T * scale_value + mask) value between quantised tensors; the products
      // are rounded by score_ and y_, the shares of the softmax by share_.
      {"QuantAttention",
       {{"query"}, {"key"}, {"value"}, {"mask", PortKind::kOptional}},
       {{"y"}},
       attention_attrs(),
       infer_attention},
      // LayerNormV3 and Quantize.
      {"LayerNormQuant",
       {{"x"}, {"gamma", PortKind::kOptional}, {"beta", PortKind::kOptional}},
       {{"y"}},
       {{"begin_norm_axis", int64_t{-1}},
        {"epsilon", 1e-5f},
        {"y_scale", 1.0f},
        {"y_offset", int64_t{0}},
        {"dtype", DataType::kUint8}},
       infer_layer_norm},
  };
  return defs;
}

}  // namespace poacl
