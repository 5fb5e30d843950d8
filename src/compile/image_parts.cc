// The two parts of a model whose first nodes run image by image.
#include <set>

#include "compile/image_apart.h"
#include "compile/image_split.h"
#include "graph/shape_inference.h"

namespace poacl {
namespace {

// A Reshape states the batch in its shape constant.
void reshape_to_one(Graph& graph, Node& node, Dims target) {
  target[0] = 1;
  node.inputs[1] = graph.add_constant(
      node.name + "_one_image",
      Tensor::from<int64_t>(DataType::kInt64, {static_cast<int64_t>(target.size())}, target));
  node.attrs.set("allowzero", true);
}

void concat_to_one(Graph& graph, Node& node, int64_t batch) {
  for (ValueId& id : node.inputs) {
    if (!graph.value(id).is_constant()) continue;
    const Tensor whole = *graph.value(id).constant;
    Dims dims = whole.dims;
    dims[0] = 1;
    const size_t bytes = whole.buffer.size() / static_cast<size_t>(batch);
    id = graph.add_constant(
        node.name + "_one_image",
        Tensor{whole.dtype, dims, ConstBuffer::copy_of(whole.buffer.data(), bytes)});
  }
}

// Values made by the first `nodes` nodes that others read, in the order they are made.
std::vector<ValueId> crossing_values(const Graph& graph, size_t nodes) {
  std::set<ValueId> read;
  for (size_t i = nodes; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    read.insert(node.inputs.begin(), node.inputs.end());
  }
  std::vector<ValueId> crossing;
  for (size_t i = 0; i < nodes; ++i) {
    for (const ValueId id : graph.nodes()[i].outputs) {
      if (read.contains(id)) crossing.push_back(id);
    }
  }
  return crossing;
}

std::vector<std::string> names_of(const Graph& graph, const std::vector<ValueId>& values) {
  std::vector<std::string> names;
  for (const ValueId id : values) names.push_back(graph.value(id).name);
  return names;
}

void forget_producers(Graph& graph, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    for (const ValueId id : graph.nodes()[i].outputs) graph.value(id).producer = kNoNode;
  }
}

}  // namespace

std::optional<Graph> single_image_graph(const Graph& graph, size_t nodes) {
  const int64_t batch = batch_of(graph);
  if (batch <= 1 || nodes == 0) return std::nullopt;
  for (size_t i = 0; i < nodes; ++i) {
    if (!keeps_images_apart(graph, graph.nodes()[i], batch)) return std::nullopt;
  }
  Graph single = graph;
  if (nodes < graph.nodes().size()) {
    forget_producers(single, nodes, graph.nodes().size());
    single.nodes().resize(nodes);
    single.outputs = crossing_values(graph, nodes);
    single.output_names = names_of(graph, single.outputs);
  }
  for (const ValueId id : single.inputs) single.value(id).dims[0] = 1;
  for (Node& node : single.nodes()) {
    if (node.type == "Reshape") {
      reshape_to_one(single, node, Dims(graph.value(node.outputs[0]).dims));
    } else if (node.type == "ConcatD") {
      concat_to_one(single, node, batch);
    }
  }
  if (!infer_shapes(single).ok()) return std::nullopt;
  for (const Node& node : single.nodes()) {
    Dims expected = graph.value(node.outputs[0]).dims;
    expected[0] = 1;
    const Value& value = single.value(node.outputs[0]);
    if (value.dims != expected || value.dtype != graph.value(node.outputs[0]).dtype ||
        value.is_constant()) {
      return std::nullopt;
    }
  }
  return single;
}

Graph graph_after(const Graph& graph, size_t nodes) {
  Graph rest = graph;
  rest.inputs = crossing_values(graph, nodes);
  forget_producers(rest, 0, nodes);
  rest.nodes().erase(rest.nodes().begin(), rest.nodes().begin() + static_cast<ptrdiff_t>(nodes));
  for (size_t i = 0; i < rest.nodes().size(); ++i) {
    for (const ValueId id : rest.nodes()[i].outputs) {
      rest.value(id).producer = static_cast<NodeId>(i);
    }
  }
  return rest;
}

}  // namespace poacl
