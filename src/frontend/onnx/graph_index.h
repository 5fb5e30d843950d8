// Who makes which tensor in an ONNX graph, which nodes a set of outputs needs, and in what order.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

struct TensorSource {
  enum Kind { kInput, kInitializer, kNode } kind = kInput;
  int index = 0;   // in the file's list of that kind
  int output = 0;  // of the node
};

// Refers to the graph it was built from.
struct GraphIndex {
  std::unordered_map<std::string, TensorSource> tensors;
  std::vector<std::string> node_names;  // unique, never empty, by node index
  std::unordered_map<std::string, int> nodes_by_name;
  std::vector<int> inputs;  // positions of those graph inputs that no initializer fills
};

// E16001 when a tensor is made twice.
Result<GraphIndex> index_graph(const poacl::onnx::Graph& graph);

// Every tensor the node reads, each once: its inputs, and what its subgraphs take from around them.
std::vector<std::string> tensors_read(const poacl::onnx::Node& node);

// The nodes that the tensors need, every producer before its readers; the file's own order where
// that is one. E16001 for a cycle or a tensor that nothing makes. `outer` tells whether a graph
// around this one has a tensor; null when there is none.
Result<std::vector<int>> needed_nodes(
    const poacl::onnx::Graph& graph, const GraphIndex& index,
    const std::vector<std::string>& outputs,
    const std::function<bool(const std::string&)>& outer = nullptr);

}  // namespace poacl::onnx_frontend
