// Bodies: graphs that a node owns as attributes (If: then_branch, else_branch; Loop and Scan: body)
// and runs itself.
//
// A body sees nothing but its own inputs and constants. What an ONNX subgraph takes from around it
// is passed explicitly: as inputs behind its own, or as a constant inside it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "graph/op_def.h"

namespace poacl {

using GraphPtr = std::shared_ptr<const Graph>;

// A graph's bodies, their bodies and so on: at most so deep.
inline constexpr int kMostBodyDepth = 8;

// Null when the node has no body of that name.
const Graph* body_of(const AttrMap& attrs, std::string_view name);
inline const Graph* body_of(const Node& node, std::string_view name) {
  return body_of(node.attrs, name);
}

// Names of the attributes that are bodies, in order.
std::vector<std::string> body_names(const Node& node);

// Replaces every body of the graph's nodes (not theirs in turn) by a copy that went through
// `rewrite`. The first error ends it; the node's name is put in front.
Status rewrite_bodies(Graph& graph, const std::function<Status(Graph&)>& rewrite);

// What is known of a value before run time.
struct TypeOfValue {
  DataType dtype = DataType::kUndefined;
  bool rank_known = false;
  Dims dims;

  static TypeOfValue of(const Value& value) {
    return {value.dtype, value.shape_known, value.shape_known ? value.dims : Dims{}};
  }
  static TypeOfValue of(const InferContext::In& in) {
    return {in.dtype, in.rank_known, in.rank_known ? in.dims : Dims{}};
  }
  bool operator==(const TypeOfValue&) const = default;
};

// What both are: unknown where they differ. The dtype is a's.
TypeOfValue join_types(const TypeOfValue& a, const TypeOfValue& b);

// A copy of the body, inferred for inputs of these types. Errors: another number of inputs, another
// dtype than the body declares, bodies nested deeper than kMostBodyDepth, and whatever the body's
// nodes say. Folding inside the body is charged to `owner`, which may be null.
Result<std::shared_ptr<Graph>> infer_body(const Graph& body, std::span<const TypeOfValue> types,
                                          Graph* owner);

// A body that runs again and again: some of its outputs are inputs of its next run.
struct RepeatedBody {
  std::shared_ptr<Graph> body;  // inferred for whatever comes in
  std::vector<TypeOfValue>
      carried;  // what each carried value is at any time, also before the first run
};

// Finds them from what comes in first: outputs [first_output, first_output + carried) of the body
// become its inputs [first_input, first_input + carried). Dimensions that change become unknown.
Result<RepeatedBody> infer_repeated(const Graph& body, std::vector<TypeOfValue> types,
                                    size_t first_input, size_t first_output, size_t carried,
                                    Graph* owner);

// Adds the body's nodes to the graph as if they had always been there, with `arguments` for its
// inputs, infers and folds them. Returns what its outputs are. The body must be in topological
// order.
Result<std::vector<ValueId>> inline_body(Graph& graph, const Graph& body,
                                         std::span<const ValueId> arguments);

}  // namespace poacl
