// ONNX operator -> IR nodes. One translator per ONNX operator, in files by family beside this one.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "frontend/onnx/opsets.h"
#include "graph/bodies.h"
#include "graph/graph.h"

namespace poacl::onnx_frontend {

// One node of the ONNX file, decoded. Attribute kinds: int64_t, float, std::string, Tensor, lists;
// subgraphs are left out.
struct OnnxNode {
  std::string name;  // never empty: the importer names nameless nodes "<OpType>_<index>"
  std::string op_type;
  std::string domain;               // "" is ai.onnx
  int64_t opset = 0;                // version of that domain in the file
  std::vector<std::string> inputs;  // "" = absent
  std::vector<std::string> outputs;
  AttrMap attrs;
};

// A subgraph of the file as a graph of its own.
struct TranslatedBody {
  std::shared_ptr<Graph> graph;
  // Values of the graph around it, for the body's inputs behind the declared ones.
  std::vector<ValueId> captured;
};

// What a sequence or an optional is: a list of values that is complete at conversion time. The
// graph has no such types; a value without dtype stands for the list (TranslateContext::sequence).
struct SequenceValue {
  bool nothing = false;                   // an optional without an element
  DataType dtype = DataType::kUndefined;  // of the elements; kUndefined: not known (no element yet)
  std::vector<ValueId> elements;
};

// What surrounds a node: its subgraphs, and the sequences of its graph.
class NodeSurroundings {
 public:
  virtual ~NodeSurroundings() = default;
  // Translates the subgraph in this attribute for declared inputs of these types. May be called
  // again with others. With `open_shapes` it takes tensors of any size from around it.
  virtual Result<TranslatedBody> body(std::string_view attr, std::span<const TypeOfValue> types,
                                      bool open_shapes) = 0;
  // The subgraph says that this input of it has exactly this rank.
  virtual bool declares_rank(std::string_view attr, size_t input, int rank) const = 0;
  // Null when the value is a tensor.
  virtual const SequenceValue* sequence(ValueId value) const = 0;
  virtual ValueId add_sequence(SequenceValue sequence) = 0;
};

// What a translator works with. Nodes added here are shape-inferred and, where constant, folded at
// once, so input() values carry dtype, dims and constants.
class TranslateContext {
 public:
  TranslateContext(Graph& graph, const OnnxNode& node, std::vector<ValueId> inputs,
                   NodeSurroundings& surroundings)
      : graph_(graph),
        node_(node),
        inputs_(std::move(inputs)),
        surroundings_(surroundings),
        outputs_(node.outputs.size(), kNoValue) {}

  Graph& graph() { return graph_; }
  const OnnxNode& node() const { return node_; }
  size_t input_count() const { return inputs_.size(); }
  bool has_input(size_t i) const { return i < inputs_.size() && inputs_[i] != kNoValue; }
  ValueId input(size_t i) const { return i < inputs_.size() ? inputs_[i] : kNoValue; }
  const Value& input_value(size_t i) const { return graph_.value(inputs_[i]); }
  // The constant an input is, or null.
  const Tensor* constant(size_t i) const {
    return has_input(i) && input_value(i).is_constant() ? &*input_value(i).constant : nullptr;
  }

  // Adds a node (named after the ONNX node, suffixed when it is not the last) and infers it.
  // Its first output, or an error that names the node.
  Result<ValueId> add(std::string type, std::vector<ValueId> inputs, AttrMap attrs = {},
                      int outputs = 1);
  // Output `i` of the node added last.
  ValueId last_output(int i) const;
  // Declares that ONNX output i is this value.
  void set_output(size_t i, ValueId value) {
    if (i < outputs_.size()) outputs_[i] = value;
  }
  const std::vector<ValueId>& outputs() const { return outputs_; }

  NodeSurroundings& surroundings() { return surroundings_; }
  // The list an input is; null when it is a tensor or absent.
  const SequenceValue* sequence(size_t i) const {
    return has_input(i) ? surroundings_.sequence(inputs_[i]) : nullptr;
  }

  // For "this form of the operator is not supported": goes into the one report of everything that
  // is not, naming the node.
  Status unsupported(std::string reason) const;

 private:
  Graph& graph_;
  const OnnxNode& node_;
  std::vector<ValueId> inputs_;
  NodeSurroundings& surroundings_;
  std::vector<ValueId> outputs_;
  NodeId last_ = kNoNode;
};

using Translator = Status (*)(TranslateContext& context);

struct TranslatorEntry {
  std::string_view op_type;
  Translator translate;
  int64_t min_opset = kLeastOpset;  // of ai.onnx; the first version with this meaning
  int64_t max_opset = kMostOpset;
  bool takes_sequences = false;  // or optionals; others never see one
};

// Null when the operator is not known. ("" domain only.)
const TranslatorEntry* find_translator(std::string_view op_type);

}  // namespace poacl::onnx_frontend
