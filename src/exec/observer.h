// Watching an execution: what every step reads and writes. Nothing is paid for it by executions
// that nobody watches.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.h"

namespace poacl {

struct Step;
struct KernelArgs;

// What an observer is told of a step besides its names. Programs carry it when they were lowered
// with LowerOptions::traced.
struct StepTrace {
  std::vector<TensorDesc> inputs;  // as the kernel gets them; an absent one has no data type
  std::vector<TensorDesc> outputs;
  // By input: the constant as the graph has it where the kernel gets it packed; empty elsewhere.
  std::vector<ConstBuffer> originals;
  std::vector<std::string> origins;  // framework nodes that the operator stands for
};

// A tensor at the moment of the call, in its layout.
struct TensorView {
  TensorDesc desc;
  const void* data = nullptr;
};

struct StepView {
  const std::string& node;
  const std::string& type;
  std::span<const std::string> origins;
  std::span<const TensorView> inputs;  // absent ones are left out
  std::span<const TensorView> outputs;
};

// Called on the thread that runs the execution, one call at a time.
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  // The inputs hold their values; outputs hold nothing yet. A kernel may overwrite an input.
  virtual void before_step(const StepView& step) = 0;
  // The outputs hold their values.
  virtual void after_step(const StepView& step) = 0;
};

// Runs a step that has a trace between the observer's two calls.
void run_step_observed(const Step& step, const KernelArgs& args, StepObserver& observer);

}  // namespace poacl
