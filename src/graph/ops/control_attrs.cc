#include "graph/ops/control_attrs.h"

#include "graph/graph_error.h"

namespace poacl {
namespace {

// `count` numbers; all 0 when the attribute is absent or empty.
Result<std::vector<int64_t>> list_of(const AttrMap& attrs, std::string_view name, size_t count) {
  std::vector<int64_t> values = attrs.get_ints(name);
  if (values.empty()) values.assign(count, 0);
  if (values.size() != count) {
    return graph_error("{} has {} numbers for {} values", name, values.size(), count);
  }
  return values;
}

Result<std::vector<int64_t>> directions_of(const AttrMap& attrs, std::string_view name,
                                           size_t count) {
  POACL_ASSIGN_OR_RETURN(auto values, list_of(attrs, name, count));
  for (const int64_t value : values) {
    if (value != 0 && value != 1) {
      return graph_error("{} is {}; 0 (forward) and 1 (backward) are possible", name,
                         dims_to_string(values));
    }
  }
  return values;
}

// A count given as an attribute, at most `most`.
Result<size_t> count_of(const AttrMap& attrs, std::string_view name, size_t most) {
  const int64_t count = attrs.get_int(name, -1);
  if (count < 0 || static_cast<uint64_t>(count) > most) {
    return graph_error("{} is {}, but the operator has {} inputs for it", name, count, most);
  }
  return static_cast<size_t>(count);
}

Status check_body(const Graph& body, size_t inputs, size_t least_outputs) {
  if (body.inputs.size() == inputs && body.outputs.size() >= least_outputs) return {};
  return graph_error(
      "its body '{}' has {} inputs and {} outputs; {} inputs and at least {} outputs "
      "are needed",
      body.name, body.inputs.size(), body.outputs.size(), inputs, least_outputs);
}

}  // namespace

bool constant_true(const Tensor& cond) {
  return cond.count() >= 1 && cond.buffer.size() >= 1 && cond.buffer.data()[0] != std::byte{0};
}

bool goes_on_forever(const Graph& body) {
  if (body.outputs.empty() || body.inputs.size() < 2) return false;
  if (body.outputs[0] == body.inputs[1]) return true;
  const Value* again = &body.value(body.outputs[0]);
  // Exporters put one Identity between; more are not worth following.
  if (again->producer != kNoNode && body.node(again->producer).type == "Identity") {
    const ValueId source = body.node(again->producer).inputs[0];
    if (source == body.inputs[1]) return true;
    again = &body.value(source);
  }
  return again->is_constant() && constant_true(*again->constant);
}

Result<LoopShape> LoopShape::of(const AttrMap& attrs, const Graph& body, size_t node_inputs) {
  LoopShape shape;
  const size_t behind = node_inputs < 2 ? 0 : node_inputs - 2;
  POACL_ASSIGN_OR_RETURN(shape.carried, count_of(attrs, "carried", behind));
  shape.captured = behind - shape.carried;
  POACL_RETURN_IF_ERROR(check_body(body, 2 + behind, 1 + shape.carried));
  shape.stacked = body.outputs.size() - 1 - shape.carried;
  return shape;
}

Result<ScanShape> ScanShape::of(const AttrMap& attrs, const Graph& body, size_t node_inputs) {
  ScanShape shape;
  POACL_ASSIGN_OR_RETURN(shape.states, count_of(attrs, "states", node_inputs));
  POACL_ASSIGN_OR_RETURN(shape.scanned,
                         count_of(attrs, "num_scan_inputs", node_inputs - shape.states));
  if (shape.scanned == 0) return graph_error("num_scan_inputs is 0; one is the least");
  shape.captured = node_inputs - shape.states - shape.scanned;
  POACL_RETURN_IF_ERROR(check_body(body, node_inputs, shape.states));
  shape.stacked = body.outputs.size() - shape.states;
  POACL_ASSIGN_OR_RETURN(shape.input_axes, list_of(attrs, "scan_input_axes", shape.scanned));
  POACL_ASSIGN_OR_RETURN(shape.output_axes, list_of(attrs, "scan_output_axes", shape.stacked));
  POACL_ASSIGN_OR_RETURN(shape.input_backward,
                         directions_of(attrs, "scan_input_directions", shape.scanned));
  POACL_ASSIGN_OR_RETURN(shape.output_backward,
                         directions_of(attrs, "scan_output_directions", shape.stacked));
  return shape;
}

}  // namespace poacl
