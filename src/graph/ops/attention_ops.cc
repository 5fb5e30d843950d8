// FusedInferAttentionScore, RotaryPositionEmbedding, Scatter (of caches), RecurrentGatedDeltaRule.
#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Dims dims_or_unknown(const InferContext& c, size_t input, size_t rank) {
  return c.has_input(input) && c.inputs[input].rank_known ? c.inputs[input].dims : Dims(rank, -1);
}

int64_t either(int64_t a, int64_t b) {
  return a >= 0 ? a : b;
}

Status infer_attention(InferContext& c) {
  constexpr std::string_view kNames[] = {"query", "key", "value"};
  for (size_t i = 0; i < 3; ++i) {
    POACL_RETURN_IF_ERROR(require_float(c, i, kNames[i]));
    POACL_RETURN_IF_ERROR(require_rank(c, i, 4, kNames[i]));
    if (c.inputs[i].dtype != c.inputs[0].dtype) {
      return graph_error("{} is {}, but query is {}", kNames[i], data_type_name(c.inputs[i].dtype),
                         data_type_name(c.inputs[0].dtype));
    }
  }
  const Dims q = dims_or_unknown(c, 0, 4);
  const Dims k = dims_or_unknown(c, 1, 4);
  const Dims v = dims_or_unknown(c, 2, 4);
  const std::string layout = c.attrs->get_string("input_layout", "BNSD");
  if (layout != "BNSD" && layout != "BSND") {
    return graph_error("input_layout is {}, but must be BNSD or BSND", layout);
  }
  const size_t heads = layout == "BNSD" ? 1 : 2;
  const size_t seq = 3 - heads;
  for (const size_t axis : {0u, 3u}) POACL_RETURN_IF_ERROR(require_dim(c, 1, axis, q[axis], "key"));
  POACL_RETURN_IF_ERROR(require_dim(c, 2, 0, either(q[0], k[0]), "value"));
  for (const size_t axis : {1u, 2u}) {
    POACL_RETURN_IF_ERROR(require_dim(c, 2, axis, k[axis], "value"));
  }
  if (q[heads] >= 0 && k[heads] >= 0 && (k[heads] == 0 || q[heads] % k[heads] != 0)) {
    return graph_error("query has {} heads, which is no multiple of key's {}", q[heads], k[heads]);
  }
  if (c.has_input(3)) {
    const auto& mask = c.inputs[3];
    if (mask.dtype != DataType::kBool && mask.dtype != c.inputs[0].dtype) {
      return graph_error("atten_mask is {}, but must be bool or query's {}",
                         data_type_name(mask.dtype), data_type_name(c.inputs[0].dtype));
    }
    if (mask.rank_known && (mask.dims.empty() || mask.dims.size() > 4)) {
      return graph_error("atten_mask {} must have 1 to 4 dimensions", dims_to_string(mask.dims));
    }
  }
  const int64_t mode = c.attrs->get_int("score_mode");
  if (mode < 0 || mode > 3) return graph_error("score_mode is {}, but must be from 0 to 3", mode);
  const int64_t batch = either(q[0], k[0]);
  c.set_output(0, c.inputs[0].dtype, {batch, q[1], q[2], v[3]});
  c.set_output(1, c.inputs[0].dtype, {batch, q[heads], q[seq], either(k[seq], v[seq])});
  return {};
}

Status infer_rotary(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_same_type(c));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 4, "x"));
  POACL_RETURN_IF_ERROR(require_rank(c, 1, 3, "cos"));
  POACL_RETURN_IF_ERROR(require_rank(c, 2, 3, "sin"));
  const std::string layout = c.attrs->get_string("layout");
  if (layout != "BNSD" && layout != "BSND") {
    return graph_error("layout is '{}', but must be BNSD or BSND", layout);
  }
  const Dims x = dims_or_unknown(c, 0, 4);
  const Dims cos = dims_or_unknown(c, 1, 3);
  POACL_RETURN_IF_ERROR(require_dim(c, 1, 1, x[layout == "BNSD" ? 2 : 1], "cos"));
  for (size_t i = 0; i < 3; ++i) POACL_RETURN_IF_ERROR(require_dim(c, 2, i, cos[i], "sin"));
  if (x[3] >= 0 && cos[2] > x[3] / 2) {
    return graph_error("cos {} turns {} elements of each head, but x {} has {}",
                       dims_to_string(cos), 2 * cos[2], dims_to_string(x), x[3]);
  }
  return infer_same_as_input(c);
}

Status infer_cache_scatter(InferContext& c) {
  if (c.inputs[2].dtype != c.inputs[0].dtype) {
    return graph_error("updates are {}, but var is {}", data_type_name(c.inputs[2].dtype),
                       data_type_name(c.inputs[0].dtype));
  }
  POACL_RETURN_IF_ERROR(require_rank(c, 1, 1, "indices"));
  if (c.inputs[0].rank_known) {
    const auto rank = static_cast<int64_t>(c.inputs[0].dims.size());
    POACL_ASSIGN_OR_RETURN(const int64_t axis,
                           normalize_axis(c.attrs->get_int("axis"), rank, "axis"));
    if (axis == 0) return graph_error("axis is 0, which is the batch's own");
    POACL_RETURN_IF_ERROR(require_rank(c, 2, c.inputs[0].dims.size(), "updates"));
    c.attrs->set("axis", axis);
  }
  return infer_same_as_input(c);
}

Status infer_linear_attention(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "query"));
  for (size_t i = 0; i < 3; ++i)
    POACL_RETURN_IF_ERROR(require_rank(c, i, 3, "query, key or value"));
  POACL_RETURN_IF_ERROR(require_rank(c, 3, 4, "initial_state"));
  const int64_t heads = c.attrs->get_int("num_heads");
  const int64_t kv_heads = c.attrs->get_int("num_key_value_heads");
  if (kv_heads < 1 || heads < 1 || heads % kv_heads != 0 || heads > kMaxExtent) {
    return graph_error("num_heads {} must be a positive multiple of num_key_value_heads {}", heads,
                       kv_heads);
  }
  const Dims q = dims_or_unknown(c, 0, 3);
  const Dims v = dims_or_unknown(c, 2, 3);
  if ((q[2] >= 0 && q[2] % heads != 0) || (v[2] >= 0 && v[2] % kv_heads != 0)) {
    return graph_error("query {} and value {} cannot be divided into {} and {} heads",
                       dims_to_string(q), dims_to_string(v), heads, kv_heads);
  }
  const int64_t dk = q[2] < 0 ? -1 : q[2] / heads;
  const int64_t dv = v[2] < 0 ? -1 : v[2] / kv_heads;
  c.set_output(0, c.inputs[0].dtype, {q[0], q[1], dv < 0 ? -1 : dv * heads});
  const DataType state = c.has_input(3) ? c.inputs[3].dtype : c.inputs[0].dtype;
  c.set_output(1, state, {q[0], kv_heads, dk, dv});
  return {};
}

}  // namespace

std::span<const OpDef> attention_ops() {
  static const std::vector<OpDef> defs = {
      // input_layout: BNSD or BSND, of query, key, value, past and attention_out.
      // pre_tokens and next_tokens: the window around a query's own position, -1 for open. past: of
      // its shape [B, N, S, D] the S keys that came before the first query.
      {"FusedInferAttentionScore",
       {{"query"},
        {"key"},
        {"value"},
        {"atten_mask", PortKind::kOptional},
        {"actual_seq_lengths_kv", PortKind::kOptional},
        {"past", PortKind::kOptional}},
       {{"attention_out"}, {"scores"}},
       {{"scale_value", 1.0f},
        {"softcap", 0.0f},
        {"is_causal", false},
        {"pre_tokens", int64_t{-1}},
        {"next_tokens", int64_t{-1}},
        {"score_mode", int64_t{0}},
        {"input_layout", std::string("BNSD")}},
       infer_attention},
      // mode 0: pairs lie half the turned part apart; 1: they are neighbours.
      {"RotaryPositionEmbedding",
       {{"x"}, {"cos"}, {"sin"}},
       {{"y"}},
       {{"mode", int64_t{0}}, {"layout", std::string("BNSD")}},
       infer_rotary},
      {"Scatter",
       {{"var"}, {"indices", PortKind::kOptional}, {"updates"}},
       {{"var_out"}},
       {{"axis", int64_t{-2}}, {"circular", false}},
       infer_cache_scatter},
      {"RecurrentGatedDeltaRule",
       {{"query"},
        {"key"},
        {"value"},
        {"initial_state", PortKind::kOptional},
        {"g", PortKind::kOptional},
        {"beta", PortKind::kOptional}},
       {{"out"}, {"final_state"}},
       {{"scale_value", 1.0f}, {"num_heads", int64_t{1}}, {"num_key_value_heads", int64_t{1}}},
       infer_linear_attention},
  };
  return defs;
}

}  // namespace poacl
