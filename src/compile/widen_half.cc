#include "base/half.h"
#include "compile/passes.h"

namespace poacl {
namespace {

bool is_half(DataType type) {
  return type == DataType::kFloat16 || type == DataType::kBfloat16;
}

Tensor widened(const Tensor& tensor) {
  void* memory = nullptr;
  Tensor result{
      DataType::kFloat, tensor.dims,
      ConstBuffer::allocate(static_cast<size_t>(tensor.count()) * sizeof(float), &memory)};
  float* out = static_cast<float*>(memory);
  const bool half = tensor.dtype == DataType::kFloat16;
  for (const uint16_t bits : tensor.as<uint16_t>()) {
    *out++ = half ? half_to_float(bits) : bfloat16_to_float(bits);
  }
  return result;
}

AttrMap cast_to(DataType type) {
  AttrMap attrs;
  attrs.set("dst_type", type);
  return attrs;
}

// A node that needs or makes the very bits of a half type: a Cast that rounds to it, a Bitcast.
struct ExactNode {
  NodeId node;
  DataType reads = DataType::kUndefined;  // the half type of its input, if it needs those bits
  bool makes = false;                     // its output stays half
};

std::vector<ExactNode> exact_nodes(const Graph& graph) {
  std::vector<ExactNode> found;
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    if (node.type != "Cast" && node.type != "Bitcast") continue;
    const DataType from = graph.value(node.inputs[0]).dtype;
    const DataType to = graph.value(node.outputs[0]).dtype;
    if (from == to) continue;
    ExactNode exact{static_cast<NodeId>(n)};
    if (node.type == "Bitcast" && is_half(from)) exact.reads = from;
    exact.makes = is_half(to);
    if (exact.makes || exact.reads != DataType::kUndefined) found.push_back(exact);
  }
  return found;
}

// Casts around a node that works on the half type, in a graph that does not.
void surround(Graph& graph, const ExactNode& exact) {
  const std::string name = graph.node(exact.node).name;
  if (exact.reads != DataType::kUndefined) {
    const ValueId wide = graph.node(exact.node).inputs[0];
    const NodeId cast =
        graph.add_node(name + "_to_half", "Cast", {wide}, {name + "_bits"}, cast_to(exact.reads));
    graph.node(exact.node).inputs[0] = graph.node(cast).outputs[0];
  }
  if (exact.makes) {
    const ValueId half = graph.node(exact.node).outputs[0];
    const NodeId cast = graph.add_node(name + "_to_float", "Cast", {half}, {name + "_wide"},
                                       cast_to(DataType::kFloat));
    const ValueId wide = graph.node(cast).outputs[0];
    graph.value(wide).dtype = DataType::kFloat;
    graph.replace_uses(half, wide);
    graph.node(cast).inputs[0] = half;
  }
}

// Types of constants, attributes and what nodes make.
void widen_inside(Graph& graph) {
  const std::vector<ExactNode> exact = exact_nodes(graph);
  for (size_t i = 0; i < graph.value_count(); ++i) {
    Value& value = graph.value(static_cast<ValueId>(i));
    if (value.constant && is_half(value.constant->dtype)) {
      value.constant = widened(*value.constant);
      value.dtype = DataType::kFloat;
    }
  }
  std::vector<bool> stays(graph.nodes().size(), false);
  for (const ExactNode& entry : exact) stays[static_cast<size_t>(entry.node)] = entry.makes;
  for (size_t n = 0; n < stays.size(); ++n) {
    Node& node = graph.nodes()[n];
    if (stays[n]) continue;
    for (const auto* name : {"dst_type", "dtype", "output_dtype"}) {
      const DataType* type = node.attrs.find<DataType>(name);
      if (type != nullptr && is_half(*type)) node.attrs.set(name, DataType::kFloat);
    }
    for (const ValueId output : node.outputs) {
      if (is_half(graph.value(output).dtype)) graph.value(output).dtype = DataType::kFloat;
    }
  }
  for (const ExactNode& entry : exact) surround(graph, entry);
}

}  // namespace

Status widen_half_body(Graph& graph) {
  widen_inside(graph);
  for (const ValueId input : graph.inputs) {
    if (is_half(graph.value(input).dtype)) graph.value(input).dtype = DataType::kFloat;
  }
  // Casts may have been appended behind what reads them.
  return graph.compact();
}

Status widen_half(Graph& graph) {
  std::vector<DataType> output_types;
  for (const ValueId id : graph.outputs) output_types.push_back(graph.value(id).dtype);
  bool any = false;
  for (size_t i = 0; i < graph.value_count(); ++i) {
    any = any || is_half(graph.value(static_cast<ValueId>(i)).dtype);
  }
  if (!any) return {};

  widen_inside(graph);
  for (const ValueId input : std::vector<ValueId>(graph.inputs)) {
    if (!is_half(graph.value(input).dtype)) continue;
    const std::string name = graph.value(input).name;
    const NodeId cast = graph.add_node(name + "_to_float", "Cast", {input}, {name + "_float"},
                                       cast_to(DataType::kFloat));
    const ValueId wide = graph.node(cast).outputs[0];
    graph.replace_uses(input, wide);
    graph.node(cast).inputs[0] = input;
  }
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    if (!is_half(output_types[i])) continue;
    const ValueId wide = graph.outputs[i];
    const std::string name = graph.value(wide).name;
    const NodeId cast = graph.add_node(name + "_to_half", "Cast", {wide}, {name + "_half"},
                                       cast_to(output_types[i]));
    graph.outputs[i] = graph.node(cast).outputs[0];
  }
  // The Casts at the inputs were appended; order and producers are put right here.
  return graph.compact();
}

}  // namespace poacl
