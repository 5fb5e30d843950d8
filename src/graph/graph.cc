#include "graph/graph.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "graph/graph_error.h"

namespace poacl {

std::optional<Dims> most_dims(const Dims& dims, const Dims& max_dims) {
  Dims most = dims;
  for (size_t i = 0; i < most.size(); ++i) {
    if (most[i] == -1 && i < max_dims.size()) most[i] = max_dims[i];
    if (most[i] == -1) return std::nullopt;
  }
  return most;
}

ValueId Graph::add_value(std::string value_name, DataType dtype) {
  Value value;
  value.name = std::move(value_name);
  value.dtype = dtype;
  values_.push_back(std::move(value));
  return static_cast<ValueId>(values_.size()) - 1;
}

ValueId Graph::add_constant(std::string value_name, Tensor tensor) {
  const ValueId id = add_value(std::move(value_name), tensor.dtype);
  Value& added = value(id);
  added.dims = tensor.dims;
  added.shape_known = true;
  added.constant = std::move(tensor);
  return id;
}

ValueId Graph::add_input(std::string value_name, DataType dtype, Dims dims) {
  const ValueId id = add_value(std::move(value_name), dtype);
  value(id).dims = std::move(dims);
  value(id).shape_known = true;
  inputs.push_back(id);
  return id;
}

NodeId Graph::add_node(std::string node_name, std::string type, std::vector<ValueId> node_inputs,
                       std::vector<std::string> node_output_names, AttrMap attrs) {
  std::string unique = node_name;
  for (int suffix = 1; !node_names_.insert(unique).second; ++suffix) {
    unique = node_name + "_" + std::to_string(suffix);
  }
  const NodeId id = static_cast<NodeId>(nodes_.size());
  Node node;
  node.name = std::move(unique);
  node.type = std::move(type);
  node.inputs = std::move(node_inputs);
  node.attrs = std::move(attrs);
  for (size_t i = 0; i < node_output_names.size(); ++i) {
    const ValueId output = add_value(std::move(node_output_names[i]));
    value(output).producer = id;
    value(output).producer_output = static_cast<int>(i);
    node.outputs.push_back(output);
  }
  nodes_.push_back(std::move(node));
  return id;
}

std::vector<int> Graph::use_counts() const {
  std::vector<int> counts(values_.size(), 0);
  for (const Node& node : nodes_) {
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) ++counts[static_cast<size_t>(input)];
    }
  }
  for (const ValueId output : outputs) {
    if (output != kNoValue) ++counts[static_cast<size_t>(output)];
  }
  return counts;
}

void Graph::replace_uses(ValueId from, ValueId to) {
  for (Node& node : nodes_) {
    std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  }
  std::replace(outputs.begin(), outputs.end(), from, to);
}

Status Graph::compact(const std::vector<bool>& dead) {
  const size_t count = nodes_.size();
  const auto is_dead = [&](size_t n) { return n < dead.size() && dead[n]; };
  const auto producer_of = [&](ValueId id) -> NodeId {
    return id == kNoValue || value(id).is_constant() ? kNoNode : value(id).producer;
  };

  // Needed nodes, backwards from the outputs.
  std::vector<bool> needed(count, false);
  std::vector<size_t> pending;
  const auto need = [&](ValueId id) {
    const NodeId producer = producer_of(id);
    if (producer == kNoNode || is_dead(static_cast<size_t>(producer))) return;
    if (needed[static_cast<size_t>(producer)]) return;
    needed[static_cast<size_t>(producer)] = true;
    pending.push_back(static_cast<size_t>(producer));
  };
  for (const ValueId output : outputs) need(output);
  while (!pending.empty()) {
    const size_t n = pending.back();
    pending.pop_back();
    for (const ValueId input : nodes_[n].inputs) need(input);
  }

  // Topological order, earliest node first among the ready ones, so that an ordered graph stays.
  std::vector<int> waiting(count, 0);
  std::vector<std::vector<size_t>> followers(count);
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  size_t needed_count = 0;
  for (size_t n = 0; n < count; ++n) {
    if (!needed[n]) continue;
    ++needed_count;
    for (const ValueId input : nodes_[n].inputs) {
      const NodeId producer = producer_of(input);
      if (producer == kNoNode || !needed[static_cast<size_t>(producer)]) continue;
      followers[static_cast<size_t>(producer)].push_back(n);
      ++waiting[n];
    }
    if (waiting[n] == 0) ready.push(n);
  }
  std::vector<size_t> order;
  while (!ready.empty()) {
    const size_t n = ready.top();
    ready.pop();
    order.push_back(n);
    for (const size_t follower : followers[n]) {
      if (--waiting[follower] == 0) ready.push(follower);
    }
  }
  if (order.size() != needed_count) {
    for (size_t n = 0; n < count; ++n) {
      if (needed[n] && waiting[n] != 0) {
        return Status(kGraphInternal,
                      fmt::format("graph '{}' has a cycle through node '{}' ({}): {} of {} nodes "
                                  "cannot be ordered",
                                  name, nodes_[n].name, nodes_[n].type, needed_count - order.size(),
                                  needed_count));
      }
    }
  }

  std::vector<Node> kept;
  kept.reserve(order.size());
  node_names_.clear();
  for (Value& v : values_) v.producer = kNoNode;
  for (const size_t n : order) {
    const NodeId id = static_cast<NodeId>(kept.size());
    kept.push_back(std::move(nodes_[n]));
    node_names_.insert(kept.back().name);
    for (size_t i = 0; i < kept.back().outputs.size(); ++i) {
      Value& output = value(kept.back().outputs[i]);
      if (output.is_constant()) continue;
      output.producer = id;
      output.producer_output = static_cast<int>(i);
    }
  }
  nodes_ = std::move(kept);

  const std::vector<int> uses = use_counts();
  for (size_t v = 0; v < values_.size(); ++v) {
    if (uses[v] == 0) values_[v].constant.reset();
  }
  return {};
}

}  // namespace poacl
