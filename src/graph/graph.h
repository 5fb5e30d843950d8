// The graph: operators under Ascend's IR names in topological order, values between them.
//
// Built by a front end, rewritten by compile, stored in the .om, lowered to a Program.
// A value is a graph input, a constant, or one output of one node. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"

namespace poacl {

using ValueId = int32_t;
using NodeId = int32_t;
inline constexpr ValueId kNoValue = -1;  // an optional input that is absent
inline constexpr NodeId kNoNode = -1;

struct Value {
  std::string name;  // the framework's tensor name where there is one
  DataType dtype = DataType::kUndefined;
  Dims dims;                       // valid when shape_known; single dims may be -1
  bool shape_known = false;        // rank known
  Dims max_dims;                   // parallel to dims where some -1 has an upper bound: that, or -1
  std::optional<Tensor> constant;  // set for constants
  NodeId producer = kNoNode;       // kNoNode for inputs and constants
  int producer_output = 0;

  bool is_constant() const { return constant.has_value(); }
  // Rank and every dimension known.
  bool fully_known() const { return shape_known && element_count(dims) >= 0; }
};

// Dims with the bounds of max_dims in the places of unknown ones; nothing when one has none.
std::optional<Dims> most_dims(const Dims& dims, const Dims& max_dims);

struct Node {
  std::string name;  // unique in the graph
  std::string type;  // Ascend IR type
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  AttrMap attrs;
  std::vector<std::string> origins;  // framework nodes this one stands for, for messages and dumps
};

class Graph {
 public:
  std::string name;
  std::vector<ValueId> inputs;   // in the model's order
  std::vector<ValueId> outputs;  // in the model's order; may be inputs or constants
  // acl's name of each output ("node:0:tensor"), parallel to outputs.
  std::vector<std::string> output_names;

  ValueId add_value(std::string value_name, DataType dtype = DataType::kUndefined);
  ValueId add_constant(std::string value_name, Tensor tensor);
  ValueId add_input(std::string value_name, DataType dtype, Dims dims);
  // Appends a node with fresh output values named by output_names; returns its id. Node names
  // are made unique by a suffix.
  NodeId add_node(std::string node_name, std::string type, std::vector<ValueId> node_inputs,
                  std::vector<std::string> node_output_names, AttrMap attrs = {});

  const std::vector<Node>& nodes() const { return nodes_; }
  std::vector<Node>& nodes() { return nodes_; }
  const Value& value(ValueId id) const { return values_[static_cast<size_t>(id)]; }
  Value& value(ValueId id) { return values_[static_cast<size_t>(id)]; }
  size_t value_count() const { return values_.size(); }
  Node& node(NodeId id) { return nodes_[static_cast<size_t>(id)]; }
  const Node& node(NodeId id) const { return nodes_[static_cast<size_t>(id)]; }

  // How often a value is read by nodes, plus once for each graph output it is.
  std::vector<int> use_counts() const;
  void replace_uses(ValueId from, ValueId to);
  // Drops nodes whose outputs nobody needs and those in `dead` (parallel to nodes()), sorts
  // topologically, renumbers producers, frees constants that nobody reads. Value ids stay.
  // Fails (internal error) on a cycle.
  Status compact(const std::vector<bool>& dead = {});

  // Bytes of constants made by folding so far; bounds what a hostile model can make of a few bytes.
  size_t folded_bytes = 0;
  // The same for the arithmetic spent on it, in multiply-adds.
  double folded_work = 0;

 private:
  std::vector<Node> nodes_;
  std::vector<Value> values_;
  std::unordered_set<std::string> node_names_;
};

}  // namespace poacl
