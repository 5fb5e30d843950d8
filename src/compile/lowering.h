// The working state of lower(): physical tensors, their layouts, and the steps so far.
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "compile/compile.h"
#include "compile/kernel_choice.h"

namespace poacl {

class Lowering {
 public:
  Lowering(const Graph& graph, const LowerOptions& options);

  Result<LowerResult> run();

 private:
  // Where a physical tensor is. Buffers are numbered; arena offsets come at the end.
  struct Location {
    enum class Kind : uint8_t { kAbsent, kBuffer, kConstant, kInput, kOutput };
    Kind kind = Kind::kAbsent;
    uint32_t index = 0;
  };
  struct Buffer {
    size_t bytes = 0;
    int first_step = 0;
    int last_step = -1;
    int output_port = -1;          // lives in this model output instead of the arena
    std::optional<uint32_t> home;  // shares the memory of this buffer (in-place)
  };
  struct Emitted {
    const KernelImpl* kernel = nullptr;
    KernelPlan plan;
    std::vector<Location> inputs;
    std::vector<Location> outputs;
    std::string node;
    std::string type;
    std::string description;
    std::vector<std::string> declined;
    std::shared_ptr<const StepTrace> trace;
  };
  struct ValueState {
    Layout native = Layout::kPlain;
    std::array<std::optional<Location>, kLayoutCount> at;  // by Layout
  };

  Status check_shapes() const;
  Status lower_node(const Node& node, size_t index);
  Status lower_view(const Node& node);
  Result<KernelChoice> choose(const Node& node, std::vector<TensorDesc>& inputs,
                              const std::vector<const Tensor*>& constants,
                              const std::vector<TensorDesc>& outputs) const;
  // The value in the wanted layout; emits a TransData step (or converts a constant now) if it is
  // not there yet.
  Result<Location> locate(ValueId value, Layout layout);
  Result<Location> convert(ValueId value, Layout layout);
  Location packed_constant(const Node& node, const OpInstance& op, const KernelChoice& choice,
                           const KernelPlan::Packed& packed);
  Status bind_outputs();
  void compute_lives();
  void share_in_place();
  void place_buffers(Program& program);

  TensorDesc desc_of(ValueId value, Layout layout) const;
  Location new_buffer(size_t bytes);
  Location new_constant(ConstBuffer bytes);
  uint32_t home_of(uint32_t buffer) const;
  OperandRef operand(const Location& location) const;

  const Graph& graph_;
  const LowerOptions& options_;
  PlanContext context_;
  std::vector<ValueState> values_;
  std::vector<Buffer> buffers_;
  std::vector<size_t> offsets_;
  std::vector<ConstBuffer> constants_;
  std::vector<Emitted> steps_;
  LowerResult result_;
};

}  // namespace poacl
