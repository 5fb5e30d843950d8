#include "atc/output_type.h"

#include <algorithm>
#include <utility>

#include "frontend/onnx/import_error.h"
#include "graph/shape_inference.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;

constexpr std::pair<std::string_view, DataType> kTypes[] = {
    {"FP32", DataType::kFloat},    {"FP16", DataType::kFloat16},  {"BF16", DataType::kBfloat16},
    {"UINT8", DataType::kUint8},   {"INT8", DataType::kInt8},     {"INT16", DataType::kInt16},
    {"UINT16", DataType::kUint16}, {"INT32", DataType::kInt32},   {"UINT32", DataType::kUint32},
    {"INT64", DataType::kInt64},   {"UINT64", DataType::kUint64}, {"DOUBLE", DataType::kDouble},
};

DataType find_type(std::string_view name) {
  for (const auto& [known, dtype] : kTypes) {
    if (known == name) return dtype;
  }
  return DataType::kUndefined;
}

Status unknown_type(std::string_view type, const std::string& text) {
  std::string names;
  for (const auto& [known, dtype] : kTypes) {
    names += (names.empty() ? "" : ", ") + std::string(known);
  }
  return import_error("E10001",
                      "\"{}\" in --output_type=\"{}\" is not a type; types are {}, for all outputs "
                      "or as \"node:0:FP16\" for one",
                      type, text, names);
}

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool names_output(const std::string& label, const std::string& wanted) {
  return label.starts_with(wanted + ":");
}

}  // namespace

Result<std::vector<OutputType>> parse_output_type(const std::string& text) {
  std::vector<OutputType> types;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(';', begin), text.size());
    const std::string item = trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    if (item.empty()) continue;
    const size_t colon = item.rfind(':');
    OutputType entry;
    entry.dtype = find_type(colon == std::string::npos ? item : item.substr(colon + 1));
    if (entry.dtype == DataType::kUndefined) {
      return unknown_type(colon == std::string::npos ? item : item.substr(colon + 1), text);
    }
    if (colon != std::string::npos) {
      entry.output = item.substr(0, colon);
      const size_t second = entry.output.rfind(':');
      const bool indexed =
          second != std::string::npos && second > 0 && second + 1 < entry.output.size() &&
          entry.output.find_first_not_of("0123456789", second + 1) == std::string::npos;
      if (!indexed) {
        return import_error("E10001",
                            "\"{}\" in --output_type has no output index; the form is "
                            "\"node:0:FP16\"",
                            item);
      }
    }
    types.push_back(std::move(entry));
  }
  const auto whole = std::count_if(types.begin(), types.end(),
                                   [](const OutputType& type) { return type.output.empty(); });
  if (whole > 0 && types.size() > 1) {
    return import_error("E10001",
                        "--output_type=\"{}\" gives a type for all outputs and others beside it; "
                        "give one type, or one entry \"node:0:FP16\" for each output",
                        text);
  }
  return types;
}

Status check_named_outputs(const std::vector<OutputType>& types,
                           const std::vector<std::string>& out_nodes) {
  for (const OutputType& type : types) {
    if (type.output.empty()) continue;
    if (std::find(out_nodes.begin(), out_nodes.end(), type.output) != out_nodes.end()) continue;
    std::vector<std::string> wanted = out_nodes;
    wanted.push_back(type.output);
    return Status(onnx_frontend::kImportError,
                  onnx_frontend::with_try(
                      fmt::format("--output_type names the output \"{}\", which is not in "
                                  "--out_nodes",
                                  type.output),
                      fmt::format("--out_nodes=\"{}\"", fmt::join(wanted, ";"))),
                  "E10001");
  }
  return {};
}

Status apply_output_types(Graph& graph, const std::vector<OutputType>& types) {
  for (const OutputType& type : types) {
    bool found = type.output.empty();
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const std::string label = graph.output_names[i];
      if (!type.output.empty() && !names_output(label, type.output)) continue;
      found = true;
      const ValueId source = graph.outputs[i];
      if (graph.value(source).dtype == type.dtype) continue;
      AttrMap attrs;
      attrs.set("dst_type", type.dtype);
      const std::string tensor = graph.value(source).name;
      const NodeId cast =
          graph.add_node(tensor + "_output_cast", "Cast", {source}, {tensor}, std::move(attrs));
      POACL_RETURN_IF_ERROR(infer_node(graph, graph.node(cast)));
      graph.outputs[i] = graph.node(cast).outputs[0];
    }
    if (!found) {
      return import_error("E10016",
                          "the model returns no output \"{}\", which --output_type names; its "
                          "outputs are: {}",
                          type.output, fmt::join(graph.output_names, "; "));
    }
  }
  return {};
}

}  // namespace poacl::atc
