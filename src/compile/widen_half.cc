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

}  // namespace

Status widen_half(Graph& graph) {
  std::vector<DataType> output_types;
  for (const ValueId id : graph.outputs) output_types.push_back(graph.value(id).dtype);
  bool any = false;
  for (size_t i = 0; i < graph.value_count(); ++i) {
    any = any || is_half(graph.value(static_cast<ValueId>(i)).dtype);
  }
  if (!any) return {};

  for (size_t i = 0; i < graph.value_count(); ++i) {
    Value& value = graph.value(static_cast<ValueId>(i));
    if (value.constant && is_half(value.constant->dtype)) {
      value.constant = widened(*value.constant);
      value.dtype = DataType::kFloat;
    }
  }
  for (Node& node : graph.nodes()) {
    for (const auto* name : {"dst_type", "dtype", "output_dtype"}) {
      const DataType* type = node.attrs.find<DataType>(name);
      if (type != nullptr && is_half(*type)) node.attrs.set(name, DataType::kFloat);
    }
    for (const ValueId output : node.outputs) {
      if (is_half(graph.value(output).dtype)) graph.value(output).dtype = DataType::kFloat;
    }
  }
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
