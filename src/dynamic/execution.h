// One execution of a DynamicProgram: the tensors it has made so far, and running stages on them.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "dynamic/dynamic_program.h"
#include "dynamic/run_memory.h"
#include "dynamic/stage_plan.h"
#include "graph/eager_op.h"

namespace poacl {

// Runs a sub-graph of control flow within an execution.
using BodyRunner = std::function<Status(const Graph& body, std::span<const Tensor> inputs,
                                        std::vector<Tensor>* outputs)>;

class Execution {
 public:
  // All references outlive the execution.
  Execution(const Graph& graph, OutputSink& sink, ParallelFor& parallel, RunMemory& memory,
            BodyRunner run_body);

  // Takes the inputs, in the graph's order; their bytes stay where they are. `borrowed`: the bytes
  // may be gone after the execution, so results must not share them.
  void begin(std::span<const Tensor> inputs, bool borrowed);
  // Tells `observer`, unless null, of every step and eager operator that runs.
  void observe(StepObserver* observer) { observer_ = observer; }
  Status run(const StagePlan& plan);
  const LiveTensors& live() const { return live_; }

 private:
  Status run_program(const StagePlan& plan);
  Status run_eager(const Node& node);
  Status call_eager(const Node& node, std::span<const Tensor* const> inputs,
                    std::vector<Tensor>* made);
  // Memory for a result of the program: the caller's when it is an output of the model.
  Result<void*> place(ValueId id, const ModelPort& port);
  Status deliver(std::span<const size_t> outputs);
  bool is_borrowed(const Tensor& tensor) const;

  const Graph& graph_;
  OutputSink& sink_;
  ParallelFor& parallel_;
  RunMemory& memory_;
  BodyRunner run_body_;
  StepObserver* observer_ = nullptr;
  LiveTensors live_;
  enum class Delivery : uint8_t { kOpen, kToBeGiven, kDone };
  std::vector<Delivery> delivery_;  // by output
  std::vector<std::span<const std::byte>> borrowed_;
};

}  // namespace poacl
