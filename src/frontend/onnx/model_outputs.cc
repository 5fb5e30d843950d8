#include "frontend/onnx/model_outputs.h"

#include <charconv>
#include <optional>

#include "frontend/nearest_name.h"
#include "frontend/onnx/import_error.h"

namespace poacl::onnx_frontend {
namespace {

std::string label_of(const GraphIndex& index, const std::string& tensor) {
  const auto it = index.tensors.find(tensor);
  if (it == index.tensors.end() || it->second.kind != TensorSource::kNode) {
    return tensor + ":0:" + tensor;
  }
  return fmt::format("{}:{}:{}", index.node_names[static_cast<size_t>(it->second.index)],
                     it->second.output, tensor);
}

std::string model_outputs_text(const poacl::onnx::Graph& graph) {
  std::string text;
  for (int i = 0; i < graph.output_size() && i < 32; ++i) {
    text += (i ? ", \"" : "\"") + graph.output(i).name() + "\"";
  }
  return text.empty() ? "(none)" : text;
}

Status unknown_node(const poacl::onnx::Graph& graph, const GraphIndex& index,
                    const std::string& item, const std::string& name) {
  std::vector<std::string> candidates = index.node_names;
  for (const auto& output : graph.output()) candidates.push_back(output.name());
  const std::optional<std::string> nearest = nearest_name(name, candidates);
  return import_error("E10016",
                      "the model has no node and no tensor \"{}\", which --out_nodes names.{} The "
                      "model's own outputs are: {}",
                      item, nearest ? fmt::format(" Did you mean \"{}\"?", *nearest) : "",
                      model_outputs_text(graph));
}

Result<std::string> find_requested(const poacl::onnx::Graph& graph, const GraphIndex& index,
                                   const std::string& item) {
  if (index.tensors.count(item) != 0) return item;
  const size_t colon = item.rfind(':');
  if (colon == std::string::npos) {
    const auto node = index.nodes_by_name.find(item);
    if (node != index.nodes_by_name.end()) {
      return Status(kImportError,
                    with_try(fmt::format("\"{}\" in --out_nodes is a node; which of its outputs "
                                         "is meant must follow a colon",
                                         item),
                             fmt::format("--out_nodes=\"{}:0\"", item)),
                    "E10003");
    }
    return unknown_node(graph, index, item, item);
  }
  const std::string name = item.substr(0, colon);
  const auto node = index.nodes_by_name.find(name);
  if (node == index.nodes_by_name.end()) return unknown_node(graph, index, item, name);
  const poacl::onnx::Node& found = graph.node(node->second);
  int position = -1;
  const char* end = item.data() + item.size();
  const auto [stop, error] = std::from_chars(item.data() + colon + 1, end, position);
  if (error != std::errc() || stop != end || position < 0 || position >= found.output_size()) {
    return import_error("E10003",
                        "\"{}\" in --out_nodes asks for output {} of node \"{}\" ({}), which has "
                        "the outputs 0 to {}",
                        item, item.substr(colon + 1), name, found.op_type(),
                        found.output_size() - 1);
  }
  return found.output(position);
}

}  // namespace

Result<std::vector<ModelOutput>> resolve_outputs(const poacl::onnx::Graph& graph,
                                                 const GraphIndex& index,
                                                 const std::vector<std::string>& out_nodes) {
  std::vector<ModelOutput> outputs;
  if (out_nodes.empty()) {
    for (const auto& output : graph.output()) {
      outputs.push_back({output.name(), label_of(index, output.name())});
    }
  }
  for (const std::string& item : out_nodes) {
    POACL_ASSIGN_OR_RETURN(std::string tensor, find_requested(graph, index, item));
    std::string label = label_of(index, tensor);
    outputs.push_back({std::move(tensor), std::move(label)});
  }
  if (outputs.empty()) return import_error(kInvalidTag, "the model has no outputs");
  return outputs;
}

}  // namespace poacl::onnx_frontend
