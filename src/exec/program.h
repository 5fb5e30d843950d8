// A Program: the flat, planned form of a model. Steps over one arena, constants in place, nothing
// left to decide. Immutable after construction, so any number of threads may run it at once, each
// with an ExecState of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/tensor.h"
#include "exec/arena.h"
#include "exec/observer.h"
#include "kernels/kernel.h"

namespace poacl {

// Where an operand of a step lives.
struct OperandRef {
  enum class Kind : uint8_t { kAbsent, kArena, kConstant, kInput, kOutput };
  Kind kind = Kind::kAbsent;
  uint32_t index = 0;  // constant, model input or model output number
  size_t offset = 0;   // arena offset in bytes
};

struct Step {
  const KernelImpl* kernel = nullptr;
  std::vector<std::byte> params;
  std::vector<OperandRef> inputs;
  std::vector<OperandRef> outputs;
  std::string node;                        // name of the graph node
  std::string type;                        // its operator
  std::string description;                 // shapes and layouts, for POACL_VERBOSE
  std::vector<std::string> declined;       // "kernel: reason" of better kernels that said no
  std::shared_ptr<const StepTrace> trace;  // for observers; null when lowered without
};

struct ModelPort {
  std::string name;
  DataType dtype = DataType::kUndefined;
  Dims dims;
  size_t bytes = 0;
};

struct Program {
  std::string name;
  std::vector<ModelPort> inputs;
  std::vector<ModelPort> outputs;
  std::vector<Step> steps;
  std::vector<ConstBuffer> constants;
  size_t arena_bytes = 0;    // activations, 64-byte aligned offsets
  size_t scratch_bytes = 0;  // largest scratch of any step
  size_t weight_bytes = 0;   // sum of constants
  int workers = 1;           // the ParallelFor width it was planned for
  // Above 1: the steps compute one image of the batch and run once for each, several images at
  // once. Ports are those of the whole batch.
  int64_t images = 1;
  // The first part of a model whose later part computes the whole batch at once, or null: run to
  // its end before this Program's steps. Its inputs are those of the model; its output i lies in
  // this Program's arena, at front_outputs[i].
  std::unique_ptr<Program> front;
  std::vector<size_t> front_outputs;
};

// Steps of the front and of the Program itself.
size_t step_count(const Program& program) noexcept;
// Calls visit(part) for the front, if there is one, and for the Program itself, in that order.
template <typename F>
void each_part(const Program& program, F&& visit) {
  if (program.front) visit(*program.front);
  visit(program);
}

// The mutable part of one execution: arena, scratch and resolved pointers.
// One thread at a time; must not outlive its Program.
class ExecState {
 public:
  // `arena` of at least workspace_bytes(program), 64-byte aligned, or null to allocate it here.
  explicit ExecState(const Program& program, void* arena = nullptr);
  // Without an arena: it is to be told one by use_arena() before it runs.
  struct NoArena {};
  ExecState(const Program& program, NoArena);
  ExecState(const ExecState&) = delete;
  ExecState& operator=(const ExecState&) = delete;

  // Runs the program. `inputs` and `outputs` point to buffers of at least the ports' bytes, any
  // alignment; outputs must not overlap inputs or each other. Allocates nothing and cannot fail.
  // parallel.width() must not exceed program.workers. `observer`, unless null, is told of every
  // step that has a trace; the Program then computes its batch at once (images is 1).
  void run(std::span<const void* const> inputs, std::span<void* const> outputs,
           ParallelFor& parallel, StepObserver* observer = nullptr);

  // Runs in `arena` from now on, as the one of the constructor. Costs nothing when it is the same.
  void use_arena(void* arena);

 private:
  struct Patch {
    uint32_t slot;
    uint32_t port;
    size_t image_stride;  // bytes from one image of the port to the next
    bool is_output;
  };
  struct ArenaOperand {
    uint32_t slot;
    size_t offset;
  };
  // What one image at a time needs; one lane when the whole batch is computed at once.
  struct Lane {
    std::byte* scratch = nullptr;
    std::vector<void*> slots;  // operands of all steps, in order
  };
  void add_lane();
  void run_steps(Lane& lane, int64_t image, std::span<const void* const> inputs,
                 std::span<void* const> outputs, ParallelFor& parallel, StepObserver* observer);

  const Program& program_;
  std::unique_ptr<ExecState> front_;  // of program_.front
  std::vector<void*> front_outputs_;
  std::unique_ptr<Arena> owned_arena_;
  void* arena_ = nullptr;
  std::vector<Lane> lanes_;
  std::vector<uint32_t> step_begin_;  // first slot of each step
  std::vector<Patch> patches_;
  std::vector<ArenaOperand> arena_operands_;
};

// Bytes an ExecState needs (arena and scratch).
size_t workspace_bytes(const Program& program) noexcept;

}  // namespace poacl
