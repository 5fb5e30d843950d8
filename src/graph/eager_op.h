// Operators that only running can tell the output shapes of (NonZero, Unique), or that run
// sub-graphs (If, Loop, Scan). They have no kernel and no plan: the dynamic engine calls them whole
// once their inputs are there, and takes what they made; shape inference gives bounds at best.
// Those without sub-graphs also fold when all their inputs are constant.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/parallel.h"
#include "base/status.h"
#include "graph/graph.h"

namespace poacl {

// What an eager operator may use while it runs. One execution, one thread.
class EagerContext {
 public:
  virtual ~EagerContext() = default;

  virtual ParallelFor& parallel() = 0;

  // An output of this type and shape; its bytes, which are not initialised, are written through
  // *writable before the tensor is handed on. Fails with a sentence when the bytes would exceed
  // what the execution may hold. Outputs that are an input's very bytes may simply copy its Tensor.
  virtual Result<Tensor> allocate(DataType dtype, Dims dims, void** writable) = 0;

  // Runs a sub-graph that is an attribute of the node being run. `inputs` are the body's inputs in
  // its order, of the types it declares and of any shape it accepts; `outputs` becomes its outputs.
  virtual Status run_body(const Graph& body, std::span<const Tensor> inputs,
                          std::vector<Tensor>* outputs) = 0;
};

struct EagerOp {
  std::string_view type;  // Ascend IR type; its OpDef is in graph/ops
  // Inputs are those of the node, null where an optional one is absent; `outputs` comes sized by
  // the node's outputs and is to be filled, types as inference gave them. Values are the user's:
  // indices and counts must be checked. The caller adds the node's name to errors.
  Status (*run)(const Node& node, std::span<const Tensor* const> inputs,
                std::vector<Tensor>* outputs, EagerContext& context) = nullptr;
};

// Null when the operator is not of this kind.
const EagerOp* find_eager_op(std::string_view type);

}  // namespace poacl
