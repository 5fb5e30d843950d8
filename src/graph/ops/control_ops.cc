// Operators that run graphs of their own: If, Loop, Scan. The graphs are attributes; see
// graph/bodies.h. Inference works on copies: whoever runs a body infers it for what comes in.
#include <algorithm>

#include "graph/bodies.h"
#include "graph/op_registry.h"
#include "graph/ops/control_attrs.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

void set_result(InferContext& c, size_t i, const TypeOfValue& type) {
  if (i >= c.outputs.size()) return;
  c.outputs[i] = InferContext::Out{type.dtype, type.rank_known, type.dims, {}};
}

// The dims with upper bounds in the places of unknown ones, where there are any.
Dims largest_dims(const Value& value) {
  Dims dims = value.dims;
  for (size_t d = 0; d < dims.size() && d < value.max_dims.size(); ++d) {
    if (dims[d] < 0) dims[d] = value.max_dims[d];
  }
  return dims;
}

// One bool or integer, as a scalar or a list of one.
Status require_one(const InferContext& c, size_t input, DataType type, std::string_view what) {
  if (!c.has_input(input)) return {};
  const InferContext::In& in = c.inputs[input];
  if (in.dtype != type) {
    return graph_error("{} must be {}, but is {}", what, data_type_name(type),
                       data_type_name(in.dtype));
  }
  const int64_t count = in.rank_known ? element_count(in.dims) : 1;
  if (count == 1 || count < 0) return {};
  return graph_error("{} must be one value, but has shape {}", what, dims_to_string(in.dims));
}

std::vector<TypeOfValue> types_from(const InferContext& c, size_t first) {
  std::vector<TypeOfValue> types;
  for (size_t i = first; i < c.inputs.size(); ++i) types.push_back(TypeOfValue::of(c.inputs[i]));
  return types;
}

Result<const Graph*> required_body(const InferContext& c, std::string_view name) {
  const Graph* body = body_of(*c.attrs, name);
  if (body == nullptr) return graph_error("its {} is missing", name);
  return body;
}

Status infer_if(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_one(c, 0, DataType::kBool, "cond"));
  const std::vector<TypeOfValue> types = types_from(c, 1);
  std::vector<TypeOfValue> open_types = types;
  for (TypeOfValue& type : open_types) type.dims.assign(type.dims.size(), -1);
  std::vector<TypeOfValue> results;
  std::vector<Dims> most;  // parallel: the larger of both where that is known
  for (const char* name : {"then_branch", "else_branch"}) {
    POACL_ASSIGN_OR_RETURN(const Graph* branch, required_body(c, name));
    auto tried = infer_body(*branch, types, c.graph);
    if (!tried.ok()) {
      // It cannot work with these shapes, but need not be taken with them.
      auto open = infer_body(*branch, open_types, c.graph);
      if (open.ok()) tried = std::move(open);
    }
    POACL_ASSIGN_OR_RETURN(const auto inferred, std::move(tried));
    if (inferred->outputs.size() != c.outputs.size()) {
      return graph_error("its {} makes {} values, but the operator has {} outputs", name,
                         inferred->outputs.size(), c.outputs.size());
    }
    for (size_t i = 0; i < inferred->outputs.size(); ++i) {
      const Value& value = inferred->value(inferred->outputs[i]);
      const TypeOfValue type = TypeOfValue::of(value);
      Dims largest = largest_dims(value);
      if (results.size() < c.outputs.size()) {
        results.push_back(type);
        most.push_back(std::move(largest));
        continue;
      }
      for (size_t d = 0; d < largest.size() && d < most[i].size(); ++d) {
        const bool known = largest[d] >= 0 && most[i][d] >= 0;
        most[i][d] = known ? std::max(largest[d], most[i][d]) : -1;
      }
      if (type.dtype != results[i].dtype) {
        return graph_error("output {} is {} from one branch and {} from the other", i,
                           data_type_name(results[i].dtype), data_type_name(type.dtype));
      }
      results[i] = join_types(results[i], type);
    }
  }
  for (size_t i = 0; i < results.size(); ++i) {
    set_result(c, i, results[i]);
    if (results[i].rank_known) c.outputs[i].max_dims = std::move(most[i]);
  }
  return {};
}

// A value that a body adds to a list at each run: the list has a new dimension.
Result<TypeOfValue> stacked(TypeOfValue item, int64_t axis, int64_t count) {
  if (!item.rank_known) return item;
  POACL_ASSIGN_OR_RETURN(
      axis, normalize_axis(axis, static_cast<int64_t>(item.dims.size()) + 1, "scan output axis"));
  item.dims.insert(item.dims.begin() + axis, count);
  return item;
}

// The trip count when it is constant, else -1.
int64_t most_known_trips(const InferContext& c) {
  if (!c.has_input(0) || c.inputs[0].constant == nullptr) return -1;
  return std::max<int64_t>(0, c.inputs[0].constant->as<int64_t>()[0]);
}

// Iterations, when inputs and body tell it; else -1.
int64_t known_trips(const InferContext& c, const Graph& body) {
  if (c.has_input(1)) {
    if (c.inputs[1].constant == nullptr) return -1;
    if (!constant_true(*c.inputs[1].constant)) return 0;
  }
  const int64_t trips = most_known_trips(c);
  return trips == 0 || goes_on_forever(body) ? trips : -1;
}

Status infer_loop(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_one(c, 0, DataType::kInt64, "the trip count"));
  POACL_RETURN_IF_ERROR(require_one(c, 1, DataType::kBool, "the condition"));
  POACL_ASSIGN_OR_RETURN(const Graph* body, required_body(c, "body"));
  POACL_ASSIGN_OR_RETURN(const LoopShape shape, LoopShape::of(*c.attrs, *body, c.inputs.size()));
  if (shape.carried + shape.stacked != c.outputs.size()) {
    return graph_error(
        "its body makes {} carried and {} stacked values, but the operator has {} "
        "outputs",
        shape.carried, shape.stacked, c.outputs.size());
  }
  std::vector<TypeOfValue> types = types_from(c, 2);
  const auto one = [&](size_t input, DataType type) {
    const Value& value = body->value(body->inputs[input]);
    const bool list = value.shape_known && value.dims == Dims{1};
    return TypeOfValue{type, true, list ? Dims{1} : Dims{}};
  };
  types.insert(types.begin(), {one(0, DataType::kInt64), one(1, DataType::kBool)});
  POACL_ASSIGN_OR_RETURN(RepeatedBody repeated,
                         infer_repeated(*body, std::move(types), 2, 1, shape.carried, c.graph));
  const Graph& inferred = *repeated.body;
  const Value& again = inferred.value(inferred.outputs[0]);
  if (again.dtype != DataType::kBool) {
    return graph_error("its body's condition is {} instead of bool", data_type_name(again.dtype));
  }
  const int64_t trips = known_trips(c, inferred);
  const int64_t most_trips = most_known_trips(c);
  for (size_t i = 0; i < shape.carried; ++i) {
    set_result(c, i, repeated.carried[i]);
  }
  for (size_t i = 0; i < shape.stacked; ++i) {
    const Value& item = inferred.value(inferred.outputs[1 + shape.carried + i]);
    POACL_ASSIGN_OR_RETURN(const TypeOfValue list, stacked(TypeOfValue::of(item), 0, trips));
    set_result(c, shape.carried + i, list);
    if (list.rank_known && trips < 0 && most_trips >= 0 && most_trips <= kMaxElements) {
      c.outputs[shape.carried + i].max_dims.assign(list.dims.size(), -1);
      c.outputs[shape.carried + i].max_dims[0] = most_trips;
    }
  }
  return {};
}

Status infer_scan(InferContext& c) {
  POACL_ASSIGN_OR_RETURN(const Graph* body, required_body(c, "body"));
  POACL_ASSIGN_OR_RETURN(const ScanShape shape, ScanShape::of(*c.attrs, *body, c.inputs.size()));
  if (shape.states + shape.stacked != c.outputs.size()) {
    return graph_error(
        "its body makes {} states and {} stacked values, but the operator has {} "
        "outputs",
        shape.states, shape.stacked, c.outputs.size());
  }
  std::vector<TypeOfValue> types = types_from(c, 0);
  int64_t length = -1;
  for (size_t i = 0; i < shape.scanned; ++i) {
    TypeOfValue& type = types[shape.states + i];
    if (!type.rank_known) continue;
    POACL_ASSIGN_OR_RETURN(
        const int64_t axis,
        normalize_axis(shape.input_axes[i], static_cast<int64_t>(type.dims.size()),
                       "scan_input_axes"));
    const int64_t own = type.dims[static_cast<size_t>(axis)];
    if (own >= 0 && length >= 0 && own != length) {
      return graph_error("scan input {} has {} slices, but another has {}", i, own, length);
    }
    if (own >= 0) length = own;
    type.dims.erase(type.dims.begin() + axis);
  }
  POACL_ASSIGN_OR_RETURN(RepeatedBody repeated,
                         infer_repeated(*body, std::move(types), 0, 0, shape.states, c.graph));
  const Graph& inferred = *repeated.body;
  for (size_t i = 0; i < shape.states; ++i) {
    set_result(c, i, repeated.carried[i]);
  }
  for (size_t i = 0; i < shape.stacked; ++i) {
    const Value& item = inferred.value(inferred.outputs[shape.states + i]);
    POACL_ASSIGN_OR_RETURN(const TypeOfValue list,
                           stacked(TypeOfValue::of(item), shape.output_axes[i], length));
    set_result(c, shape.states + i, list);
  }
  return {};
}

}  // namespace

std::span<const OpDef> control_ops() {
  constexpr PortKind kMore = PortKind::kAnyNumber;
  constexpr PortKind kOptional = PortKind::kOptional;
  using Ints = std::vector<int64_t>;
  static const std::vector<OpDef> defs = {
      {"If",
       {{"cond"}, {"input", kMore}},
       {{"output", PortKind::kVariadic}},
       {{"then_branch", GraphPtr(), true}, {"else_branch", GraphPtr(), true}},
       infer_if},
      {"Loop",
       {{"trip_count", kOptional}, {"cond", kOptional}, {"input", kMore}},
       {{"output", PortKind::kVariadic}},
       {{"body", GraphPtr(), true}, {"carried", int64_t{0}, true}},
       infer_loop},
      {"Scan",
       {{"input", PortKind::kVariadic}},
       {{"output", PortKind::kVariadic}},
       {{"body", GraphPtr(), true},
        {"states", int64_t{0}, true},
        {"num_scan_inputs", int64_t{0}, true},
        {"scan_input_axes", Ints{}},
        {"scan_output_axes", Ints{}},
        {"scan_input_directions", Ints{}},
        {"scan_output_directions", Ints{}}},
       infer_scan},
  };
  return defs;
}

}  // namespace poacl
