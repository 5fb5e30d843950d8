// The import itself: index the file's graph, fix inputs and outputs, translate the needed nodes.
#include <algorithm>
#include <filesystem>
#include <new>
#include <utility>
#include <vector>

#include "frontend/onnx/functions.h"
#include "frontend/onnx/graph_index.h"
#include "frontend/onnx/graph_translator.h"
#include "frontend/onnx/import_error.h"
#include "frontend/onnx/import_session.h"
#include "frontend/onnx/model_file.h"
#include "frontend/onnx/model_inputs.h"
#include "frontend/onnx/model_outputs.h"
#include "frontend/onnx/onnx_import.h"
#include "frontend/onnx/opsets.h"

namespace poacl {
namespace onnx_frontend {
namespace {

class Importer {
 public:
  Importer(poacl::onnx::Model& model, const OnnxImportOptions& options, std::string directory)
      : file_(*model.mutable_graph()),
        model_(model),
        options_(options),
        session_(std::move(directory)),
        translator_(session_, file_, graph_) {}

  Result<Graph> run() {
    POACL_RETURN_IF_ERROR(inline_functions(model_));
    POACL_RETURN_IF_ERROR(translator_.build_index());
    const GraphIndex& index = translator_.index();
    POACL_ASSIGN_OR_RETURN(const std::vector<ModelOutput> outputs,
                           resolve_outputs(file_, index, options_.out_nodes));
    std::vector<std::string> output_tensors;
    for (const ModelOutput& output : outputs) output_tensors.push_back(output.tensor);
    POACL_ASSIGN_OR_RETURN(const std::vector<int> order,
                           needed_nodes(file_, index, output_tensors));
    POACL_ASSIGN_OR_RETURN(session_.opsets, read_opsets(model_));
    POACL_RETURN_IF_ERROR(check_opset_of(order));
    translator_.judge(order);
    Result<Graph> graph = build(order, outputs);
    if (options_.report != nullptr) {
      options_.report->model_name = file_.name();
      session_.publish(*options_.report);
    }
    return graph;
  }

 private:
  Result<Graph> build(const std::vector<int>& order, const std::vector<ModelOutput>& outputs) {
    Result<std::vector<ModelInput>> inputs =
        resolve_inputs(file_, translator_.index(), options_.input_shapes);
    if (!inputs.ok()) {
      // A shape can be given in the next command; operators that are missing end it anyway.
      translator_.judge_bodies(order);
      POACL_RETURN_IF_ERROR(session_.report_refused());
      return inputs.status();
    }

    graph_.name = file_.name().empty() ? "onnx_model" : file_.name();
    for (const ModelInput& input : *inputs) {
      translator_.bind(input.name, graph_.add_input(input.name, input.dtype, input.dims));
    }
    POACL_RETURN_IF_ERROR(translator_.translate(order));
    POACL_RETURN_IF_ERROR(session_.report_refused());
    for (const ModelOutput& output : outputs) {
      POACL_ASSIGN_OR_RETURN(const ValueId value,
                             translator_.output_of(output.tensor, "the model's output"));
      graph_.outputs.push_back(value);
      graph_.output_names.push_back(output.label);
    }
    POACL_RETURN_IF_ERROR(graph_.compact());
    return std::move(graph_);
  }

  Status check_opset_of(const std::vector<int>& order) const {
    const bool any_standard = std::any_of(order.begin(), order.end(), [&](int n) {
      return canonical_domain(file_.node(n).domain()).empty();
    });
    return any_standard ? check_standard_opset(session_.opsets) : Status();
  }

  poacl::onnx::Graph& file_;
  poacl::onnx::Model& model_;
  const OnnxImportOptions& options_;
  Graph graph_;
  ImportSession session_;
  GraphTranslator translator_;
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
