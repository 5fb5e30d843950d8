#include "exec/observer.h"

#include "exec/program.h"

namespace poacl {

void run_step_observed(const Step& step, const KernelArgs& args, StepObserver& observer) {
  if (step.trace == nullptr) {
    step.kernel->run(args);
    return;
  }
  const StepTrace& trace = *step.trace;
  std::vector<TensorView> inputs;
  std::vector<TensorView> outputs;
  for (size_t i = 0; i < trace.inputs.size(); ++i) {
    if (trace.inputs[i].absent()) continue;
    const bool packed = trace.originals[i].data() != nullptr;
    inputs.push_back({trace.inputs[i], packed ? trace.originals[i].data() : args.inputs[i]});
  }
  for (size_t i = 0; i < trace.outputs.size(); ++i) {
    outputs.push_back({trace.outputs[i], args.outputs[i]});
  }
  const StepView view{step.node, step.type, trace.origins, inputs, outputs};
  observer.before_step(view);
  step.kernel->run(args);
  observer.after_step(view);
}

}  // namespace poacl
