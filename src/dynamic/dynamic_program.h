// Models whose shapes, or operands that decide shapes, are known only at run time.
//
// An execution goes in stages. A stage is planned when its inputs' shapes are known, together with
// the values of the few small operands that shapes or kernels depend on: every node that can be
// planned then becomes part of one Program, like that of a static model. It runs, the eager
// operators (graph/eager_op.h) whose inputs are now there run, and what they made lets the next
// stage be planned. Plans are kept under those shapes and values, so that the next execution with
// the same ones finds them. A model with nothing but unknown input dimensions is one stage.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/isa.h"
#include "base/parallel.h"
#include "base/status.h"
#include "base/tensor.h"
#include "compile/compile.h"
#include "graph/graph.h"

namespace poacl {

// Whether the graph needs this engine: some shape or some by-value operand is unknown, or an
// operator is an eager one. Otherwise lower() makes a Program of it. The graph must have passed
// infer_shapes().
bool needs_dynamic(const Graph& graph);

struct DynamicOptions {
  Isa isa = Isa::kGeneric;
  int workers = 1;
  // What one execution may hold in tensors and work memory together.
  size_t memory_limit = size_t{1} << 40;
  // As LowerOptions::find_packed.
  std::function<ConstBuffer(const std::string& key)> find_packed;
  // As LowerOptions::traced.
  bool traced = false;
};

// Where the results of one execution go. Called on the thread that runs, once per output, as soon
// as its shape is known and before anything is written.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  // Memory for output `index`, at least `bytes`; null lets the program allocate it and hand it to
  // `give`. An error ends the execution.
  virtual Result<void*> place(size_t index, DataType dtype, const Dims& dims, size_t bytes) = 0;
  // Only after place() gave null.
  virtual void give(size_t index, Tensor tensor) = 0;
};

class DynamicProgram {
 public:
  // `graph` is optimised and inferred; it is taken over. Inputs may have any
  // unknown dimension or rank. Checks that every operator can be computed; what needs no run-time
  // value is planned at once.
  static Result<std::unique_ptr<DynamicProgram>> make(Graph graph, const DynamicOptions& options);
  ~DynamicProgram();

  // Runs on the calling thread with `parallel`'s helpers; any number of executions at once.
  // `inputs` have the graph's types and any shape that its inputs admit; their bytes are read where
  // they are. Errors: 145021 for shapes or values the model does not accept, 245000 for more memory
  // than allowed; the sentence names the node.
  // `observer`, unless null, is told of the steps of programs lowered `traced` and of the eager
  // operators, those of sub-graphs included.
  Status run(std::span<const Tensor> inputs, OutputSink& sink, ParallelFor& parallel,
             StepObserver* observer = nullptr);
  // The same into fresh tensors.
  Status run(std::span<const Tensor> inputs, std::vector<Tensor>* outputs, ParallelFor& parallel);

  const Graph& graph() const;
  // Packed constants of what is planned so far, to be stored beside the graph.
  std::vector<PackedConstant> packed() const;
  // Plans kept at the moment.
  size_t plan_count() const;

 private:
  class Impl;
  explicit DynamicProgram(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace poacl
