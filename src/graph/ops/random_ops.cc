// Operators that draw random numbers: never folded, since every run gets its own.
#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// Output 0 has the shape that input 0 holds.
Status infer_from_shape(InferContext& c) {
  const DataType type = *c.attrs->find<DataType>("dtype");
  if (!is_float(type)) {
    return graph_error("dtype is {}, but must be a floating-point type", data_type_name(type));
  }
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 1, "shape"));
  POACL_ASSIGN_OR_RETURN(const auto shape, constant_ints(c, 0, "shape"));
  if (shape) {
    for (const int64_t d : *shape) {
      if (d < 0) return graph_error("shape {} has a negative dimension", dims_to_string(*shape));
    }
    c.set_output(0, type, *shape);
    return {};
  }
  const auto& in = c.inputs[0];
  if (in.rank_known && in.dims[0] >= 0 && in.dims[0] <= static_cast<int64_t>(kMaxRank)) {
    c.set_output(0, type, Dims(static_cast<size_t>(in.dims[0]), -1));
  } else {
    set_unknown(c, 0, type);
  }
  return {};
}

Status infer_bernoulli(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  const DataType type = *c.attrs->find<DataType>("dtype");
  if (!is_numeric(type) && type != DataType::kBool) {
    return graph_error("dtype {} is not supported; numeric types and bool are",
                       data_type_name(type));
  }
  c.outputs[0] = InferContext::Out{type, c.inputs[0].rank_known, c.inputs[0].dims, {}};
  return {};
}

Status infer_multinomial(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "logits"));
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 2, "logits"));
  const DataType type = *c.attrs->find<DataType>("dtype");
  if (type != DataType::kInt32 && type != DataType::kInt64) {
    return graph_error("dtype is {}, but must be int32 or int64", data_type_name(type));
  }
  POACL_ASSIGN_OR_RETURN(const auto samples, constant_ints(c, 1, "num_samples"));
  if (samples && (samples->size() != 1 || (*samples)[0] < 0)) {
    return graph_error("num_samples is {}, but must be one number that is not negative",
                       dims_to_string(*samples));
  }
  const bool known = c.inputs[0].rank_known;
  if (known && c.inputs[0].dims[1] == 0) return graph_error("logits have no classes");
  c.set_output(0, type, {known ? c.inputs[0].dims[0] : -1, samples ? (*samples)[0] : -1});
  return {};
}

Status infer_dropout(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_float(c, 1, "ratio"));
  if (c.has_input(2) && c.inputs[2].dtype != DataType::kBool) {
    return graph_error("training_mode must be bool, but is {}", data_type_name(c.inputs[2].dtype));
  }
  for (size_t i = 1; i < 3; ++i) {
    if (!c.has_input(i) || !c.inputs[i].rank_known) continue;
    const int64_t count = element_count(c.inputs[i].dims);
    if (count >= 0 && count != 1) {
      return graph_error("{} must be one number, but has shape {}",
                         i == 1 ? "ratio" : "training_mode", dims_to_string(c.inputs[i].dims));
    }
  }
  POACL_RETURN_IF_ERROR(infer_same_as_input(c));
  if (c.outputs.size() > 1) {
    c.outputs[1] = InferContext::Out{DataType::kBool, c.inputs[0].rank_known, c.inputs[0].dims, {}};
  }
  return {};
}

}  // namespace

std::span<const OpDef> random_ops() {
  static const std::vector<OpDef> defs = [] {
    const AttrDef seed{"seed", int64_t{0}};
    const AttrDef seed2{"seed2", int64_t{0}};
    const PortDef shape{"shape", PortKind::kRequired, true};
    std::vector<OpDef> all = {
        {"RandomUniform",
         {shape},
         {{"y"}},
         {{"dtype", DataType::kFloat}, seed, seed2},
         infer_from_shape},
        {"RandomStandardNormal",
         {shape},
         {{"y"}},
         {{"dtype", DataType::kFloat}, seed, seed2},
         infer_from_shape},
        {"Bernoulli",
         {{"x"}},
         {{"y"}},
         {{"dtype", DataType::kFloat}, seed, seed2},
         infer_bernoulli},
        {"Multinomial",
         {{"logits"}, {"num_samples", PortKind::kRequired, true}},
         {{"y"}},
         {{"dtype", DataType::kInt64}, seed, seed2},
         infer_multinomial},
        {"Dropout",
         {{"x"}, {"ratio", PortKind::kOptional}, {"training_mode", PortKind::kOptional}},
         {{"y"}, {"mask"}},
         {seed, seed2},
         infer_dropout},
    };
    for (OpDef& def : all) def.random = true;
    return all;
  }();
  return defs;
}

}  // namespace poacl
