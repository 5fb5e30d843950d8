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

  // Before run(), for a part of a model: the graph's outputs stay in the layouts in which they were
  // made; the graph's inputs are buffers in the arena, in the given layouts, one for each input,
  // that whoever runs the Program fills before its first step.
  void keep_output_layouts() { keeps_output_layouts_ = true; }
  void take_inputs(std::vector<Layout> layouts) { taken_layouts_ = std::move(layouts); }

  Result<LowerResult> run();

  // After run(), for those parts: the layout of every output, the arena offset of every input.
  const std::vector<Layout>& output_layouts() const { return output_layouts_; }
  const std::vector<size_t>& input_offsets() const { return input_offsets_; }

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
  void place_inputs();
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
  bool keeps_output_layouts_ = false;
  std::optional<std::vector<Layout>> taken_layouts_;
  std::vector<Layout> output_layouts_;
  std::vector<size_t> input_offsets_;
  std::vector<ValueState> values_;
  std::vector<Buffer> buffers_;
  std::vector<size_t> offsets_;
  std::vector<ConstBuffer> constants_;
  std::vector<Emitted> steps_;
  LowerResult result_;
};

}  // namespace poacl
