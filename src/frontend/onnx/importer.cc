// The import itself: index the file's graph, fix inputs and outputs, translate the needed nodes.
#include <algorithm>
#include <filesystem>
#include <map>
#include <new>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "frontend/onnx/functions.h"
#include "frontend/onnx/graph_index.h"
#include "frontend/onnx/import_error.h"
#include "frontend/onnx/model_file.h"
#include "frontend/onnx/model_inputs.h"
#include "frontend/onnx/model_outputs.h"
#include "frontend/onnx/node_decode.h"
#include "frontend/onnx/onnx_import.h"
#include "frontend/onnx/opsets.h"
#include "frontend/onnx/tensor_decode.h"
#include "frontend/onnx/translator.h"

namespace poacl {
namespace onnx_frontend {
namespace {

// What one report lists at most; a model has at most a few dozen kinds of operators.
constexpr size_t kMostReported = 200;

class Importer {
 public:
  Importer(poacl::onnx::Model& model, const OnnxImportOptions& options, std::string directory)
      : file_(*model.mutable_graph()),
        model_(model),
        options_(options),
        directory_(std::move(directory)) {}

  Result<Graph> run() {
    POACL_RETURN_IF_ERROR(inline_functions(model_));
    POACL_ASSIGN_OR_RETURN(index_, index_graph(file_));
    POACL_ASSIGN_OR_RETURN(const std::vector<ModelOutput> outputs,
                           resolve_outputs(file_, index_, options_.out_nodes));
    std::vector<std::string> output_tensors;
    for (const ModelOutput& output : outputs) output_tensors.push_back(output.tensor);
    POACL_ASSIGN_OR_RETURN(const std::vector<int> order,
                           needed_nodes(file_, index_, output_tensors));
    POACL_ASSIGN_OR_RETURN(opsets_, read_opsets(model_));
    POACL_RETURN_IF_ERROR(check_opset_of(order));
    find_unsupported(order);
    Result<std::vector<ModelInput>> inputs = resolve_inputs(file_, index_, options_.input_shapes);
    if (!inputs.ok()) {
      // A shape can be given in the next command; operators that are missing end it anyway.
      POACL_RETURN_IF_ERROR(report_refused());
      return inputs.status();
    }

    graph_.name = file_.name().empty() ? "onnx_model" : file_.name();
    for (const ModelInput& input : *inputs) {
      values_[input.name] = graph_.add_input(input.name, input.dtype, input.dims);
    }
    POACL_RETURN_IF_ERROR(translate_all(order));
    for (const ModelOutput& output : outputs) {
      POACL_ASSIGN_OR_RETURN(const ValueId value, value_of(output.tensor));
      if (value == kNoValue || graph_.value(value).dtype == DataType::kUndefined) {
        return import_error(kInvalidTag, "nothing computes the model's output \"{}\"",
                            output.tensor);
      }
      graph_.outputs.push_back(value);
      graph_.output_names.push_back(output.label);
    }
    POACL_RETURN_IF_ERROR(graph_.compact());
    return std::move(graph_);
  }

 private:
  // The value of an ONNX tensor that is already translated; initializers are decoded when first
  // read. kNoValue: its node failed to translate.
  Result<ValueId> value_of(const std::string& tensor) {
    if (const auto it = values_.find(tensor); it != values_.end()) return it->second;
    const auto source = index_.tensors.find(tensor);
    if (source == index_.tensors.end() || source->second.kind != TensorSource::kInitializer) {
      return kNoValue;
    }
    POACL_ASSIGN_OR_RETURN(
        Tensor decoded,
        decode_tensor(*file_.mutable_initializer(source->second.index), directory_));
    return values_[tensor] = graph_.add_constant(tensor, std::move(decoded));
  }

  std::string reason_against(const poacl::onnx::Node& node) const {
    const std::string domain = canonical_domain(node.domain());
    if (!domain.empty()) {
      return fmt::format("operators of the domain \"{}\" are not supported", domain);
    }
    const TranslatorEntry* entry = find_translator(node.op_type());
    if (entry == nullptr) return "this operator is not supported";
    const int64_t opset = opsets_.at("");
    if (opset < entry->min_opset || opset > entry->max_opset) {
      return fmt::format("supported from opset {} to {} only", entry->min_opset, entry->max_opset);
    }
    return {};
  }

  // One line for each node that cannot be translated, all of them before anything is computed.
  void find_unsupported(const std::vector<int>& order) {
    for (const int n : order) {
      const poacl::onnx::Node& node = file_.node(n);
      const std::string reason = reason_against(node);
      if (reason.empty()) continue;
      const std::string domain = canonical_domain(node.domain());
      const auto opset = opsets_.find(domain);
      refused_.push_back(fmt::format(
          "node \"{}\" ({}, {} opset {}): {}", index_.node_names[static_cast<size_t>(n)],
          node.op_type(), domain.empty() ? "ai.onnx" : domain,
          opset == opsets_.end() ? "missing" : std::to_string(opset->second), reason));
    }
  }

  Status check_opset_of(const std::vector<int>& order) const {
    const bool any_standard = std::any_of(order.begin(), order.end(), [&](int n) {
      return canonical_domain(file_.node(n).domain()).empty();
    });
    return any_standard ? check_standard_opset(opsets_) : Status();
  }

  Status translate_all(const std::vector<int>& order) {
    for (const int n : order) {
      if (!reason_against(file_.node(n)).empty()) continue;
      const Status status = translate(n);
      if (status.ok()) continue;
      if (status.tag() == kUnsupportedTag) {
        refused_.emplace_back(status.message());
      } else if (refused_.empty()) {
        return status;
      }
      // Behind a refused node other errors are not the user's first worry.
    }
    return report_refused();
  }

  Status report_refused() const {
    if (refused_.empty()) return {};
    std::string text = fmt::format("{} node{} of the model cannot be converted:", refused_.size(),
                                   refused_.size() == 1 ? "" : "s");
    for (size_t i = 0; i < refused_.size() && i < kMostReported; ++i) text += "\n  " + refused_[i];
    if (refused_.size() > kMostReported) {
      text += fmt::format("\n  and {} more", refused_.size() - kMostReported);
    }
    return Status(kImportError, std::move(text), std::string(kUnsupportedTag));
  }

  Status translate(int n) {
    poacl::onnx::Node& file_node = *file_.mutable_node(n);
    OnnxNode node;
    node.name = index_.node_names[static_cast<size_t>(n)];
    node.op_type = file_node.op_type();
    node.opset = opsets_.at("");
    node.inputs.assign(file_node.input().begin(), file_node.input().end());
    node.outputs.assign(file_node.output().begin(), file_node.output().end());
    const auto label = [&] { return fmt::format("node \"{}\" ({})", node.name, node.op_type); };

    std::vector<ValueId> inputs;
    for (const std::string& tensor : node.inputs) {
      if (tensor.empty()) {
        inputs.push_back(kNoValue);
        continue;
      }
      Result<ValueId> value = value_of(tensor);
      if (!value.ok()) return value.status().with_context(label());
      // Its producer was refused; this node can only be judged by its name.
      if (*value == kNoValue) return {};
      inputs.push_back(*value);
    }
    Result<AttrMap> attrs = decode_attributes(file_node, directory_);
    if (!attrs.ok()) return attrs.status().with_context(label());
    node.attrs = std::move(attrs).value();

    const auto first_value = graph_.value_count();
    TranslateContext context(graph_, node, std::move(inputs));
    const Status status = find_translator(node.op_type)->translate(context);
    if (!status.ok()) {
      if (!status.tag().empty()) return status;
      return import_error(kInvalidTag, "{}: {}", label(), status.message());
    }
    return bind_outputs(context, first_value);
  }

  Status bind_outputs(const TranslateContext& context, size_t first_value) {
    const OnnxNode& node = context.node();
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i].empty()) continue;
      const ValueId value = context.outputs()[i];
      // Outputs that inference leaves out (Dropout's mask) are only an error when read.
      if (value == kNoValue) {
        if (!is_read(node.outputs[i])) continue;
        return context.unsupported(
            fmt::format("its output {} (\"{}\") is used by the model", i, node.outputs[i]));
      }
      values_[node.outputs[i]] = value;
      if (static_cast<size_t>(value) >= first_value) graph_.value(value).name = node.outputs[i];
    }
    return {};
  }

  bool is_read(const std::string& tensor) {
    if (!reads_known_) {
      for (const auto& node : file_.node()) {
        for (const std::string& input : node.input()) reads_[input] = true;
      }
      for (const auto& output : file_.output()) reads_[output.name()] = true;
      reads_known_ = true;
    }
    return reads_.count(tensor) != 0;
  }

  poacl::onnx::Graph& file_;
  poacl::onnx::Model& model_;
  const OnnxImportOptions& options_;
  const std::string directory_;
  GraphIndex index_;
  OpsetMap opsets_;
  Graph graph_;
  std::unordered_map<std::string, ValueId> values_;
  std::unordered_map<std::string, bool> reads_;
  bool reads_known_ = false;
  std::vector<std::string> refused_;
};

Result<Graph> import_model(Result<std::unique_ptr<poacl::onnx::Model>> model,
                           const OnnxImportOptions& options, std::string directory) {
  if (!model.ok()) return model.status();
  try {
    return Importer(**model, options, std::move(directory)).run();
  } catch (const std::bad_alloc&) {
    return import_error("E19999", "there is not enough memory to convert this model");
  }
}

}  // namespace
}  // namespace onnx_frontend

Result<Graph> import_onnx(const std::string& path, const OnnxImportOptions& options) {
  std::string directory = std::filesystem::path(path).parent_path().string();
  if (directory.empty()) directory = ".";
  return onnx_frontend::import_model(onnx_frontend::read_model_file(path), options,
                                     std::move(directory));
}

Result<Graph> import_onnx_bytes(const void* data, size_t size, const OnnxImportOptions& options,
                                const std::string& directory) {
  return onnx_frontend::import_model(onnx_frontend::parse_model(data, size, "the model in memory"),
                                     options, directory);
}

}  // namespace poacl
