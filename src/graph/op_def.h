// Operator definitions under Ascend's IR names: ports, attributes, shape inference. One registry
// for the model compiler, single-operator calls, dumps and profiling.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"

namespace poacl {

// kVariadic: one or more of the kind; kAnyNumber: none or more. Both only as the last port.
enum class PortKind { kRequired, kOptional, kVariadic, kAnyNumber };

struct PortDef {
  std::string_view name;
  PortKind kind = PortKind::kRequired;
  // Its value, not only its shape, decides the shapes of the outputs or the plan of the kernel
  // (Reshape's shape, TopK's k): lowering needs it as a constant.
  bool by_value = false;
};

struct AttrDef {
  std::string_view name;
  AttrValue default_value;  // its alternative is the attribute's type
  bool required = false;
};

// What shape inference sees and sets. Input dims may be unknown (rank_known false or -1 dims);
// outputs then stay unknown as far as they must.
class InferContext {
 public:
  struct In {
    DataType dtype = DataType::kUndefined;  // kUndefined: absent
    bool rank_known = false;
    Dims dims;
    const Tensor* constant = nullptr;
    Dims max_dims;  // as Value::max_dims
  };
  struct Out {
    DataType dtype = DataType::kUndefined;
    bool rank_known = false;
    Dims dims;
    // Where a dimension is -1 and has an upper bound, that bound, -1 elsewhere; empty: no bounds.
    // Only for bounds that follow from the operator (NonZero finds at most as many as there are);
    // those that follow from bounds of the inputs are found without its help.
    Dims max_dims;
  };
  std::string_view node_name;
  // Inference may normalise attributes (auto_pad becomes pads), so later stages see one form.
  AttrMap* attrs = nullptr;
  // The node's graph, which inference of bodies charges its folding to; null outside of one.
  Graph* graph = nullptr;
  std::vector<In> inputs;
  std::vector<Out> outputs;  // sized by the node's output count; to be filled

  bool has_input(size_t i) const {
    return i < inputs.size() && inputs[i].dtype != DataType::kUndefined;
  }
  void set_output(size_t i, DataType dtype, Dims dims) {
    if (i < outputs.size()) outputs[i] = Out{dtype, true, std::move(dims), {}};
  }
};

struct OpDef {
  std::string_view type;
  std::vector<PortDef> inputs;
  std::vector<PortDef> outputs;
  std::vector<AttrDef> attrs;
  // Fails with a sentence that names the operator's own numbers; the caller adds the node's name.
  Status (*infer)(InferContext& context) = nullptr;
  // Output 0 is input 0's bytes under other dims (Reshape, Squeeze, Identity...): no kernel runs.
  bool view = false;
  // Every run draws fresh numbers: never folded, and two equal nodes are not one.
  bool random = false;
};

// Null when there is no such operator.
const OpDef* find_op(std::string_view type);
// All of them, by name.
std::span<const OpDef* const> all_ops();

}  // namespace poacl
