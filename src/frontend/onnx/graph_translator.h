// Translates one graph of the file, the model's own or a subgraph, into a graph in Ascend's IR.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/onnx/graph_index.h"
#include "frontend/onnx/import_session.h"
#include "frontend/onnx/translator.h"

namespace poacl::onnx_frontend {

// Everything given must outlive it. A translator for a subgraph captures what it needs from the
// translator around it.
class GraphTranslator : public NodeSurroundings {
 public:
  GraphTranslator(ImportSession& session, poacl::onnx::Graph& file, Graph& graph)
      : GraphTranslator(session, file, graph, nullptr, {}) {}

  // Looks up names; to be called first. E16001 for a graph that breaks ONNX's rules.
  Status build_index();
  const GraphIndex& index() const { return index_; }

  // Enters the nodes into the session's report and refuses those that no translator takes.
  void judge(const std::vector<int>& order);
  // The same for the nodes inside their subgraphs.
  void judge_bodies(const std::vector<int>& order);

  // Declares that the file's tensor is this value of the graph.
  void bind(const std::string& tensor, ValueId value) { values_[tensor] = value; }
  // Translates the nodes, producers first, those aside that are refused. What translators refuse
  // is added to the session's report.
  Status translate(const std::vector<int>& order);
  // The value of a tensor that is already translated; initializers are decoded when first read.
  // kNoValue: its node failed to translate.
  Result<ValueId> value_of(const std::string& tensor);
  // The graph's value for an output: an error when it is no tensor. `what` names it.
  Result<ValueId> output_of(const std::string& tensor, const std::string& what);

  // NodeSurroundings, for the node being translated.
  Result<TranslatedBody> body(std::string_view attr, std::span<const TypeOfValue> types,
                              bool open_shapes) override;
  bool declares_rank(std::string_view attr, size_t input, int rank) const override;
  const SequenceValue* sequence(ValueId value) const override;
  ValueId add_sequence(SequenceValue sequence) override;

 private:
  GraphTranslator(ImportSession& session, poacl::onnx::Graph& file, Graph& graph,
                  GraphTranslator* parent, std::string path);

  bool has_tensor(const std::string& tensor) const;
  std::string name_of(int node) const {
    return path_ + index_.node_names[static_cast<size_t>(node)];
  }
  Result<std::vector<int>> needed_here() const;
  void judge_inside(int node);
  poacl::onnx::Graph* subgraph(std::string_view attr) const;

  Status translate(int node);
  Status check_sequences(const TranslateContext& context, const TranslatorEntry& entry) const;
  Status bind_outputs(const TranslateContext& context, size_t first_value);
  bool is_read(const std::string& tensor);

  Status bind_declared(std::span<const TypeOfValue> types);
  Result<ValueId> capture(const std::string& tensor);
  ValueId capture_value(ValueId outer);

  ImportSession& session_;
  poacl::onnx::Graph& file_;
  Graph& graph_;
  GraphTranslator* const parent_;  // null for the model's own graph
  const std::string path_;         // of the nodes: "If_3/then_branch/"
  const int depth_;
  GraphIndex index_;
  std::unordered_map<std::string, ValueId> values_;
  std::unordered_map<ValueId, SequenceValue> sequences_;
  std::unordered_map<ValueId, ValueId> captured_here_;  // the parent's value to this graph's
  std::vector<ValueId> captured_;
  std::unordered_map<std::string, bool> reads_;
  bool reads_known_ = false;
  int current_ = -1;  // the node being translated
  bool open_shapes_ = false;
};

}  // namespace poacl::onnx_frontend
