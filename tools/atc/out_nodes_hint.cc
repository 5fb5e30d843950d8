#include "atc/out_nodes_hint.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "atc/input_shape.h"
#include "frontend/nearest_name.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

constexpr std::string_view kUnknownName = "E10016";
constexpr size_t kMostEntries = 16;

// "node:0" where an output belongs to a node, else its tensor.
std::vector<std::string> own_outputs(const Graph& graph) {
  std::vector<std::string> names;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const std::string suffix = ":" + graph.value(graph.outputs[i]).name;
    const std::string& label = graph.output_names[i];
    const bool fits = label.size() > suffix.size() && label.ends_with(suffix);
    names.push_back(fits ? label.substr(0, label.size() - suffix.size()) : suffix.substr(1));
  }
  return names;
}

std::optional<std::string> nearest_entry(const Graph& graph, const std::string& entry) {
  const size_t colon = entry.rfind(':');
  std::vector<std::string> nodes;
  for (const Node& node : graph.nodes()) nodes.push_back(node.name);
  if (auto node = nearest_name(entry.substr(0, colon), nodes)) {
    return *node + (colon == std::string::npos ? ":0" : entry.substr(colon));
  }
  std::vector<std::string> tensors;
  for (const ValueId output : graph.outputs) tensors.push_back(graph.value(output).name);
  return nearest_name(entry, tensors);
}

// X of a last line "Try: --input_shape=X"; empty when the message has none.
std::string offered_input_shape(const Status& status) {
  constexpr std::string_view kOffer = "\nTry: --input_shape=";
  const std::string_view message = status.message();
  const size_t at = message.rfind(kOffer);
  if (at == std::string_view::npos) return {};
  std::string_view value = message.substr(at + kOffer.size());
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return std::string(value);
}

}  // namespace

Status with_out_nodes_hint(Status status, const std::string& path,
                           const OnnxImportOptions& options) {
  if (status.tag() != kUnknownName || options.out_nodes.empty() ||
      options.out_nodes.size() > kMostEntries ||
      status.message().find("--out_nodes") == std::string_view::npos) {
    return status;
  }
  auto shapes = options.input_shapes;
  const auto import = [&](std::vector<std::string> out_nodes) {
    return import_onnx(path, {shapes, std::move(out_nodes)});
  };
  Result<Graph> whole = import({});
  if (!whole.ok()) {
    // A missing shape is the user's next mistake; it does not hide the names.
    const std::string offered = offered_input_shape(whole.status());
    if (offered.empty()) return status;
    const auto parsed = parse_input_shape(offered);
    if (!parsed.ok()) return status;
    shapes.clear();
    for (const InputShape& shape : *parsed) shapes.emplace_back(shape.name, shape.dims);
    whole = import({});
    if (!whole.ok()) return status;
  }

  // The import alone knows what the names of the file stand for, so it judges each list.
  std::vector<std::string> wanted;
  const auto add = [&](const std::string& entry) {
    if (std::find(wanted.begin(), wanted.end(), entry) == wanted.end()) wanted.push_back(entry);
  };
  for (const std::string& entry : options.out_nodes) {
    if (import({entry}).status().tag() != kUnknownName) {
      add(entry);
      continue;
    }
    const std::optional<std::string> nearest = nearest_entry(*whole, entry);
    if (nearest && import({*nearest}).ok()) {
      add(*nearest);
    } else {
      for (const std::string& own : own_outputs(*whole)) add(own);
    }
  }
  if (!import(wanted).ok()) return status;
  return Status(status.code(),
                onnx_frontend::with_try(std::string(status.message()),
                                        fmt::format("--out_nodes=\"{}\"", fmt::join(wanted, ";"))),
                std::string(status.tag()));
}

}  // namespace poacl::atc
