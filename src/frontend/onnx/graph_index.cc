#include "frontend/onnx/graph_index.h"

#include <functional>
#include <queue>
#include <set>

#include "frontend/onnx/import_error.h"

namespace poacl::onnx_frontend {
namespace {

std::string describe(const GraphIndex& index, const poacl::onnx::Graph& graph, int node) {
  return fmt::format("node \"{}\" ({})", index.node_names[static_cast<size_t>(node)],
                     graph.node(node).op_type());
}

// Given names first, so that no made-up one takes them.
void name_nodes(const poacl::onnx::Graph& graph, GraphIndex& index) {
  std::unordered_map<std::string, int> next_suffix;
  index.node_names.resize(static_cast<size_t>(graph.node_size()));
  for (const bool given : {true, false}) {
    for (int i = 0; i < graph.node_size(); ++i) {
      const poacl::onnx::Node& node = graph.node(i);
      if (node.name().empty() == given) continue;
      const std::string base = given ? node.name() : fmt::format("{}_{}", node.op_type(), i);
      std::string name = base;
      while (!index.nodes_by_name.emplace(name, i).second) {
        name = fmt::format("{}_{}", base, ++next_suffix[base]);
      }
      index.node_names[static_cast<size_t>(i)] = std::move(name);
    }
  }
}

// Adds what the graph takes from around it. Names are looked up inside first, wherever they are
// defined there.
void add_captured(const poacl::onnx::Graph& graph, std::set<std::string>& names);

void add_reads(const poacl::onnx::Node& node, std::set<std::string>& names) {
  for (const std::string& input : node.input()) {
    if (!input.empty()) names.insert(input);
  }
  for (const poacl::onnx::Attribute& attribute : node.attribute()) {
    if (attribute.has_g()) add_captured(attribute.g(), names);
    for (const poacl::onnx::Graph& graph : attribute.graphs()) add_captured(graph, names);
  }
}

void add_captured(const poacl::onnx::Graph& graph, std::set<std::string>& names) {
  std::set<std::string> read;
  for (const poacl::onnx::Node& node : graph.node()) add_reads(node, read);
  for (const auto& output : graph.output()) read.insert(output.name());
  for (const auto& input : graph.input()) read.erase(input.name());
  for (const auto& tensor : graph.initializer()) read.erase(tensor.name());
  for (const poacl::onnx::Node& node : graph.node()) {
    for (const std::string& output : node.output()) read.erase(output);
  }
  names.merge(read);
}

// Marks the nodes behind `outputs`.
Status mark_needed(const poacl::onnx::Graph& graph, const GraphIndex& index,
                   const std::vector<std::string>& outputs,
                   const std::function<bool(const std::string&)>& outer,
                   std::vector<bool>& needed) {
  std::vector<int> pending;
  const auto need = [&](const std::string& tensor) {
    const auto it = index.tensors.find(tensor);
    if (it == index.tensors.end()) return outer != nullptr && outer(tensor);
    const TensorSource& source = it->second;
    if (source.kind != TensorSource::kNode || needed[static_cast<size_t>(source.index)]) {
      return true;
    }
    needed[static_cast<size_t>(source.index)] = true;
    pending.push_back(source.index);
    return true;
  };
  for (const std::string& output : outputs) {
    if (!need(output)) {
      return import_error(kInvalidTag,
                          "the model's output \"{}\" is made by no node, input or initializer",
                          output);
    }
  }
  while (!pending.empty()) {
    const int node = pending.back();
    pending.pop_back();
    for (const std::string& input : tensors_read(graph.node(node))) {
      if (need(input)) continue;
      return import_error(kInvalidTag,
                          "{} reads the tensor \"{}\", which no node, input or initializer makes",
                          describe(index, graph, node), input);
    }
  }
  return {};
}

}  // namespace

Result<GraphIndex> index_graph(const poacl::onnx::Graph& graph) {
  GraphIndex index;
  name_nodes(graph, index);
  for (int i = 0; i < graph.initializer_size(); ++i) {
    const std::string& name = graph.initializer(i).name();
    if (!index.tensors.emplace(name, TensorSource{TensorSource::kInitializer, i, 0}).second) {
      return import_error(kInvalidTag, "two initializers are called \"{}\"", name);
    }
  }
  for (int i = 0; i < graph.input_size(); ++i) {
    const std::string& name = graph.input(i).name();
    if (name.empty()) return import_error(kInvalidTag, "input {} of the model has no name", i);
    const auto [it, fresh] = index.tensors.emplace(name, TensorSource{TensorSource::kInput, i, 0});
    if (fresh) {
      index.inputs.push_back(i);
    } else if (it->second.kind == TensorSource::kInput) {
      return import_error(kInvalidTag, "two inputs of the model are called \"{}\"", name);
    }
  }
  for (int i = 0; i < graph.node_size(); ++i) {
    const poacl::onnx::Node& node = graph.node(i);
    for (int k = 0; k < node.output_size(); ++k) {
      if (node.output(k).empty()) continue;
      if (!index.tensors.emplace(node.output(k), TensorSource{TensorSource::kNode, i, k}).second) {
        return import_error(kInvalidTag, "{} makes the tensor \"{}\", which exists already",
                            describe(index, graph, i), node.output(k));
      }
    }
  }
  return index;
}

std::vector<std::string> tensors_read(const poacl::onnx::Node& node) {
  std::set<std::string> names;
  add_reads(node, names);
  return {names.begin(), names.end()};
}

Result<std::vector<int>> needed_nodes(const poacl::onnx::Graph& graph, const GraphIndex& index,
                                      const std::vector<std::string>& outputs,
                                      const std::function<bool(const std::string&)>& outer) {
  const auto count = static_cast<size_t>(graph.node_size());
  std::vector<bool> needed(count, false);
  POACL_RETURN_IF_ERROR(mark_needed(graph, index, outputs, outer, needed));

  std::vector<int> waiting(count, 0);
  std::vector<std::vector<int>> followers(count);
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  size_t wanted = 0;
  for (size_t n = 0; n < count; ++n) {
    if (!needed[n]) continue;
    ++wanted;
    for (const std::string& input : tensors_read(graph.node(static_cast<int>(n)))) {
      const auto it = index.tensors.find(input);
      if (it == index.tensors.end() || it->second.kind != TensorSource::kNode) continue;
      followers[static_cast<size_t>(it->second.index)].push_back(static_cast<int>(n));
      ++waiting[n];
    }
    if (waiting[n] == 0) ready.push(static_cast<int>(n));
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int n = ready.top();
    ready.pop();
    order.push_back(n);
    for (const int follower : followers[static_cast<size_t>(n)]) {
      if (--waiting[static_cast<size_t>(follower)] == 0) ready.push(follower);
    }
  }
  if (order.size() == wanted) return order;
  std::string stuck;
  size_t listed = 0;
  for (size_t n = 0; n < count && listed < 8; ++n) {
    if (!needed[n] || waiting[n] == 0) continue;
    stuck += (listed++ ? ", " : "") + describe(index, graph, static_cast<int>(n));
  }
  return import_error(kInvalidTag,
                      "{} nodes need their own results (a cycle); among or behind them: {}",
                      wanted - order.size(), stuck);
}

}  // namespace poacl::onnx_frontend
