// Attention: heads are split off and joined again around the operator, caches appended before it.
#include <cmath>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Result<ValueId> transposed(TranslateContext& context, ValueId value) {
  AttrMap attrs;
  attrs.set("perm", std::vector<int64_t>{0, 2, 1, 3});
  return context.add("TransposeD", {value}, std::move(attrs));
}

// [B, S, N * D] as [B, N, S, D].
Result<ValueId> split_heads(TranslateContext& context, ValueId value, int64_t heads) {
  const ValueId shape = add_ints(context, "heads", {4}, {0, 0, heads, -1});
  POACL_ASSIGN_OR_RETURN(const ValueId split, context.add("Reshape", {value, shape}));
  return transposed(context, split);
}

Result<ValueId> join_heads(TranslateContext& context, ValueId value) {
  POACL_ASSIGN_OR_RETURN(const ValueId rows, transposed(context, value));
  const ValueId shape = add_ints(context, "joined", {3}, {0, 0, -1});
  return context.add("Reshape", {rows, shape});
}

// past and fresh along the sequence; fresh alone when there is no past.
Result<ValueId> appended(TranslateContext& context, ValueId past, ValueId fresh) {
  if (past == kNoValue) return fresh;
  AttrMap attrs;
  attrs.set("concat_dim", int64_t{2});
  attrs.set("N", int64_t{2});
  return context.add("ConcatD", {past, fresh}, std::move(attrs));
}

// `query`: [B, N, S, D].
Result<AttrMap> attention_attrs(TranslateContext& context, ValueId query) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  if (const float* scale = given.find<float>("scale")) {
    attrs.set("scale_value", *scale);
  } else {
    const Dims& dims = context.graph().value(query).dims;
    if (dims.size() != 4 || dims[3] < 1) {
      return context.unsupported("without scale the size of a head must be known");
    }
    attrs.set("scale_value", static_cast<float>(1.0 / std::sqrt(static_cast<double>(dims[3]))));
  }
  attrs.set("softcap", given.get_float("softcap", 0.0f));
  attrs.set("is_causal", given.get_int("is_causal", 0) != 0);
  attrs.set("pre_tokens", given.get_int("left_window_size", -1));
  attrs.set("next_tokens", given.get_int("right_window_size", -1));
  attrs.set("score_mode", given.get_int("qk_matmul_output_mode", 0));
  return attrs;
}

Status translate_attention(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  const AttrMap& given = context.node().attrs;
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  if (rank != 3 && rank != 4) return graph_error("Q has {} dimensions, but must have 3 or 4", rank);
  ValueId query = context.input(0);
  ValueId key = context.input(1);
  ValueId value = context.input(2);
  if (rank == 3) {
    const int64_t heads = given.get_int("q_num_heads");
    const int64_t kv_heads = given.get_int("kv_num_heads");
    if (heads < 1 || kv_heads < 1) {
      return graph_error("q_num_heads {} and kv_num_heads {} must be given for 3 dimensions", heads,
                         kv_heads);
    }
    POACL_ASSIGN_OR_RETURN(query, split_heads(context, query, heads));
    POACL_ASSIGN_OR_RETURN(key, split_heads(context, key, kv_heads));
    POACL_ASSIGN_OR_RETURN(value, split_heads(context, value, kv_heads));
  }
  if (context.has_input(4) != context.has_input(5)) {
    return graph_error("past_key and past_value must be given together");
  }
  const ValueId past = context.input(4);
  POACL_ASSIGN_OR_RETURN(key, appended(context, past, key));
  POACL_ASSIGN_OR_RETURN(value, appended(context, context.input(5), value));
  POACL_ASSIGN_OR_RETURN(AttrMap attrs, attention_attrs(context, query));
  std::vector<ValueId> inputs = {query, key, value, context.input(3), context.input(6), past};
  while (inputs.back() == kNoValue) inputs.pop_back();
  const auto& names = context.node().outputs;
  const bool scores = names.size() > 3 && !names[3].empty();
  POACL_ASSIGN_OR_RETURN(ValueId y, context.add("FusedInferAttentionScore", std::move(inputs),
                                                std::move(attrs), scores ? 2 : 1));
  if (scores) context.set_output(3, context.last_output(1));
  context.set_output(1, key);
  context.set_output(2, value);
  if (rank == 3) {
    POACL_ASSIGN_OR_RETURN(y, join_heads(context, y));
  }
  context.set_output(0, y);
  return {};
}

}  // namespace

std::span<const TranslatorEntry> attention_translators() {
  static constexpr TranslatorEntry kTable[] = {{"Attention", translate_attention, 23}};
  return kTable;
}

}  // namespace poacl::onnx_frontend
