// Small helpers that the passes share.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "graph/graph.h"

namespace poacl {

// Uses of values and liveness of nodes while a pass edits a graph.
class Rewriter {
 public:
  explicit Rewriter(Graph& graph)
      : graph_(graph), uses_(graph.use_counts()), dead_(graph.nodes().size(), false) {}

  // The node that makes the value, when it is alive and of this type; null otherwise.
  Node* producer(ValueId value, std::string_view type) {
    Node* node = producer(value);
    return node != nullptr && node->type == type ? node : nullptr;
  }
  Node* producer(ValueId value) {
    if (value == kNoValue) return nullptr;
    const NodeId id = graph_.value(value).producer;
    return id == kNoNode || dead_[static_cast<size_t>(id)] ? nullptr : &graph_.node(id);
  }
  bool used_once(ValueId value) const { return uses_[static_cast<size_t>(value)] == 1; }
  bool is_graph_output(ValueId value) const {
    return std::find(graph_.outputs.begin(), graph_.outputs.end(), value) != graph_.outputs.end();
  }
  const Tensor* constant(const Node& node, size_t input) const {
    if (input >= node.inputs.size() || node.inputs[input] == kNoValue) return nullptr;
    const auto& tensor = graph_.value(node.inputs[input]).constant;
    return tensor ? &*tensor : nullptr;
  }
  bool alive(const Node& node) const { return !dead_[index(node)]; }

  // `keep` takes over the single output of `absorbed` (its consumer) and its origins.
  void absorb(Node& keep, Node& absorbed) {
    keep.origins.insert(keep.origins.end(), absorbed.origins.begin(), absorbed.origins.end());
    const ValueId output = absorbed.outputs[0];
    keep.outputs[0] = output;
    graph_.value(output).producer = static_cast<NodeId>(index(keep));
    graph_.value(output).producer_output = 0;
    dead_[index(absorbed)] = true;
  }
  void kill(Node& node) { dead_[index(node)] = true; }
  Status finish() { return graph_.compact(dead_); }

 private:
  size_t index(const Node& node) const {
    return static_cast<size_t>(&node - graph_.nodes().data());
  }

  Graph& graph_;
  std::vector<int> uses_;
  std::vector<bool> dead_;
};

// A constant's values as float, when it has a float or integer type.
std::optional<std::vector<float>> constant_floats(const Tensor& tensor);

// The one value of a constant with one element.
std::optional<float> constant_scalar(const Tensor* tensor);

}  // namespace poacl
