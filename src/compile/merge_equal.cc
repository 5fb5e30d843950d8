// Common subexpressions: nodes of the same operator, attributes and inputs become one.
#include <string>
#include <unordered_map>
#include <variant>

#include "compile/passes.h"
#include "compile/rewrite.h"

namespace poacl {
namespace {

// Small constants count by their content: exporters write the same axes and shapes many times.
constexpr size_t kSmallConstant = 256;

template <typename T>
void append_bytes(std::string& key, const T& value) {
  key.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void append_text(std::string& key, const std::string& text) {
  append_bytes(key, text.size());
  key += text;
}

// False when the tensor is too large to be compared.
bool append_tensor(std::string& key, const Tensor& tensor) {
  if (tensor.buffer.size() > kSmallConstant) return false;
  append_bytes(key, tensor.dtype);
  append_bytes(key, tensor.dims.size());
  for (const int64_t dim : tensor.dims) append_bytes(key, dim);
  append_text(
      key, std::string(reinterpret_cast<const char*>(tensor.buffer.data()), tensor.buffer.size()));
  return true;
}

// False for an attribute that cannot be compared.
bool append_attribute(std::string& key, const AttrValue& value) {
  append_bytes(key, value.index());
  return std::visit(
      [&key](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string>) {
          append_text(key, held);
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
          append_bytes(key, held.size());
          for (const std::string& text : held) append_text(key, text);
        } else if constexpr (std::is_same_v<T, std::vector<int64_t>> ||
                             std::is_same_v<T, std::vector<float>>) {
          append_bytes(key, held.size());
          for (const auto& number : held) append_bytes(key, number);
        } else if constexpr (std::is_same_v<T, Tensor>) {
          return append_tensor(key, held);
        } else if constexpr (std::is_same_v<T, std::shared_ptr<const Graph>>) {
          return false;
        } else {
          append_bytes(key, held);
        }
        return true;
      },
      value);
}

// What the node computes; empty when it must stay its own. Random numbers are never the same twice.
std::string key_of(const Graph& graph, const Node& node) {
  if (node.attrs.has("seed")) return {};
  std::string key;
  append_text(key, node.type);
  append_bytes(key, node.outputs.size());
  for (const auto& [name, value] : node.attrs) {
    append_text(key, name);
    if (!append_attribute(key, value)) return {};
  }
  for (const ValueId input : node.inputs) {
    key += 'i';
    if (input != kNoValue && graph.value(input).is_constant()) {
      const size_t before = key.size();
      key += 'c';
      if (append_tensor(key, *graph.value(input).constant)) continue;
      key.resize(before);
    }
    append_bytes(key, input);
  }
  return key;
}

}  // namespace

Status merge_equal(Graph& graph) {
  Rewriter rewriter(graph);
  std::unordered_map<std::string, NodeId> first_of;
  std::unordered_map<ValueId, ValueId> instead;
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    Node& node = graph.nodes()[n];
    for (ValueId& input : node.inputs) {
      if (const auto it = instead.find(input); it != instead.end()) input = it->second;
    }
    // An output of the model keeps the node that it is named after.
    const bool named = std::any_of(node.outputs.begin(), node.outputs.end(),
                                   [&](ValueId id) { return rewriter.is_graph_output(id); });
    std::string key = key_of(graph, node);
    if (key.empty()) continue;
    const auto [entry, fresh] = first_of.emplace(std::move(key), static_cast<NodeId>(n));
    if (fresh || named) continue;
    Node& first = graph.node(entry->second);
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      instead.emplace(node.outputs[i], first.outputs[i]);
    }
    first.origins.insert(first.origins.end(), node.origins.begin(), node.origins.end());
    rewriter.kill(node);
  }
  return rewriter.finish();
}

}  // namespace poacl
