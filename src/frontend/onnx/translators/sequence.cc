// What stands around attention in language models: RotaryEmbedding, TensorScatter, LinearAttention,
// CausalConvWithState.
#include <cmath>
#include <limits>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Result<ValueId> cast_to(TranslateContext& context, ValueId value, DataType type) {
  if (value == kNoValue || context.graph().value(value).dtype == type) return value;
  AttrMap attrs;
  attrs.set("dst_type", type);
  return context.add("Cast", {value}, std::move(attrs));
}

Status translate_rotary(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  const AttrMap& given = context.node().attrs;
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  if (rank != 3 && rank != 4) return graph_error("X has {} dimensions, but must have 3 or 4", rank);
  ValueId x = context.input(0);
  if (rank == 3) {
    const int64_t heads = given.get_int("num_heads");
    if (heads < 1) return graph_error("num_heads must be given for 3 dimensions");
    const ValueId shape = add_ints(context, "heads", {4}, {0, 0, heads, -1});
    POACL_ASSIGN_OR_RETURN(x, context.add("Reshape", {x, shape}));
  }
  ValueId angles[2] = {context.input(1), context.input(2)};
  for (ValueId& cache : angles) {
    if (!context.has_input(3)) break;
    const ValueId axis = add_ints(context, "axis", {1}, {0});
    POACL_ASSIGN_OR_RETURN(cache, context.add("GatherV2", {cache, context.input(3), axis}));
  }
  const int64_t turned = given.get_int("rotary_embedding_dim", 0);
  const Dims cos = context.graph().value(angles[0]).dims;
  const Dims& dims = context.graph().value(x).dims;
  const int64_t wanted = turned > 0 ? turned : dims.size() == 4 ? dims[3] : -1;
  if (cos.size() == 3 && cos[2] >= 0 && wanted >= 0 && 2 * cos[2] != wanted) {
    return graph_error("cos_cache has {} angles for {} turned elements, but {} are wanted", cos[2],
                       wanted, wanted / 2);
  }
  AttrMap attrs;
  attrs.set("mode", given.get_int("interleaved", 0));
  attrs.set("layout", std::string(rank == 3 ? "BSND" : "BNSD"));
  POACL_ASSIGN_OR_RETURN(ValueId y, context.add("RotaryPositionEmbedding",
                                                {x, angles[0], angles[1]}, std::move(attrs)));
  if (rank == 3) {
    const ValueId shape = add_ints(context, "joined", {3}, {0, 0, -1});
    POACL_ASSIGN_OR_RETURN(y, context.add("Reshape", {y, shape}));
  }
  context.set_output(0, y);
  return {};
}

Status translate_tensor_scatter(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  const std::string mode = context.node().attrs.get_string("mode", "linear");
  if (mode != "linear" && mode != "circular") {
    return graph_error("mode is '{}', but must be linear or circular", mode);
  }
  AttrMap attrs;
  attrs.set("axis", context.node().attrs.get_int("axis", -2));
  attrs.set("circular", mode == "circular");
  return emit(context, "Scatter", {context.input(0), context.input(2), context.input(1)},
              std::move(attrs));
}

Status translate_linear_attention(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 3));
  const AttrMap& given = context.node().attrs;
  const std::string rule = given.get_string("update_rule", "gated_delta");
  const bool gated = rule == "gated" || rule == "gated_delta";
  const bool delta = rule == "delta" || rule == "gated_delta";
  if (!gated && !delta && rule != "linear") {
    return graph_error("update_rule is '{}', but must be linear, gated, delta or gated_delta",
                       rule);
  }
  if (context.has_input(4) != gated || context.has_input(5) != delta) {
    return graph_error("update_rule '{}' {} decay and {} beta", rule, gated ? "needs" : "forbids",
                       delta ? "needs" : "forbids");
  }
  const int64_t heads = given.get_int("q_num_heads");
  AttrMap attrs;
  attrs.set("num_heads", heads);
  attrs.set("num_key_value_heads", given.get_int("kv_num_heads"));
  float scale = given.get_float("scale", 0.0f);
  if (scale == 0.0f) {
    const Dims& q = context.input_value(0).dims;
    if (q.size() != 3 || q[2] < 1 || heads < 1) {
      return context.unsupported("without scale the size of a head must be known");
    }
    scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(q[2] / heads)));
  }
  attrs.set("scale_value", scale);
  // One type throughout; the state may have another one outside.
  const DataType type = context.input_value(0).dtype;
  const DataType state_type = context.has_input(3) ? context.input_value(3).dtype : type;
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < 6; ++i) {
    POACL_ASSIGN_OR_RETURN(const ValueId value, cast_to(context, context.input(i), type));
    inputs.push_back(value);
  }
  while (inputs.back() == kNoValue) inputs.pop_back();
  POACL_ASSIGN_OR_RETURN(const ValueId y, context.add("RecurrentGatedDeltaRule", std::move(inputs),
                                                      std::move(attrs), 2));
  context.set_output(0, y);
  POACL_ASSIGN_OR_RETURN(const ValueId state, cast_to(context, context.last_output(1), state_type));
  context.set_output(1, state);
  return {};
}

// x with the k - 1 elements that came before it in front.
Result<ValueId> with_history(TranslateContext& context, int64_t history) {
  if (context.has_input(3)) {
    AttrMap attrs;
    attrs.set("concat_dim", int64_t{2});
    attrs.set("N", int64_t{2});
    return context.add("ConcatD", {context.input(3), context.input(0)}, std::move(attrs));
  }
  AttrMap attrs;
  attrs.set("mode", std::string("constant"));
  const ValueId pads = add_ints(context, "pads", {3, 2}, {0, 0, 0, 0, history, 0});
  return context.add("PadV3", {context.input(0), pads}, std::move(attrs));
}

Result<ValueId> as_image(TranslateContext& context, ValueId value) {
  AttrMap attrs;
  attrs.set("axes", std::vector<int64_t>{2});
  return context.add("Unsqueeze", {value}, std::move(attrs));
}

Status translate_causal_conv(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  const std::string activation = context.node().attrs.get_string("activation", "none");
  if (activation != "none" && activation != "silu" && activation != "swish") {
    return graph_error("activation is '{}', but must be none, silu or swish", activation);
  }
  const Dims weight = context.input_value(1).dims;
  if (weight.size() != 3 || weight[0] < 1 || weight[2] < 1) {
    return context.unsupported("weights that are not of a known shape [channels,1,k]");
  }
  const int64_t history = weight[2] - 1;
  POACL_ASSIGN_OR_RETURN(const ValueId padded, with_history(context, history));
  POACL_ASSIGN_OR_RETURN(const ValueId image, as_image(context, padded));
  POACL_ASSIGN_OR_RETURN(const ValueId filter, as_image(context, context.input(1)));
  std::vector<ValueId> inputs = {image, filter};
  if (context.has_input(2)) inputs.push_back(context.input(2));
  AttrMap attrs;
  attrs.set("groups", weight[0]);
  POACL_ASSIGN_OR_RETURN(const ValueId sums,
                         context.add("Conv2D", std::move(inputs), std::move(attrs)));
  AttrMap squeeze;
  squeeze.set("axis", std::vector<int64_t>{2});
  POACL_ASSIGN_OR_RETURN(ValueId y, context.add("Squeeze", {sums}, std::move(squeeze)));
  if (activation != "none") {
    AttrMap scale;
    scale.set("scale", 1.0f);
    POACL_ASSIGN_OR_RETURN(y, context.add("Swish", {y}, std::move(scale)));
  }
  context.set_output(0, y);
  const int64_t end = std::numeric_limits<int64_t>::max();
  const ValueId first = add_ints(context, "first", {1}, {history == 0 ? end : -history});
  const ValueId last = add_ints(context, "last", {1}, {end});
  const ValueId axis = add_ints(context, "axis", {1}, {2});
  POACL_ASSIGN_OR_RETURN(const ValueId state,
                         context.add("StridedSliceV2", {padded, first, last, axis}));
  context.set_output(1, state);
  return {};
}

}  // namespace

std::span<const TranslatorEntry> sequence_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"RotaryEmbedding", translate_rotary, 23},
      {"TensorScatter", translate_tensor_scatter, 24},
      {"LinearAttention", translate_linear_attention, 27},
      {"CausalConvWithState", translate_causal_conv, 27},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
