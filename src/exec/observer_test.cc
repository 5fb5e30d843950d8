#include "exec/observer.h"

#include <gtest/gtest.h>

#include "exec/copy_kernel.h"
#include "exec/program.h"

namespace poacl {
namespace {

// What it was told, as text.
class Recorder final : public StepObserver {
 public:
  void before_step(const StepView& step) override { add("before", step, step.inputs); }
  void after_step(const StepView& step) override { add("after", step, step.outputs); }

  std::string text;

 private:
  void add(const char* when, const StepView& step, std::span<const TensorView> tensors) {
    text += std::string(when) + " " + step.node + ":";
    for (const TensorView& tensor : tensors) {
      text += " " + std::to_string(*static_cast<const int32_t*>(tensor.data));
    }
    text += "\n";
  }
};

// in -> arena -> out, the second step without a trace.
Program two_copies() {
  Program program;
  program.inputs = {ModelPort{"in", DataType::kInt32, {1}, 4}};
  program.outputs = {ModelPort{"out", DataType::kInt32, {1}, 4}};
  program.arena_bytes = 64;
  for (const char* name : {"first", "second"}) {
    Step step;
    step.kernel = &kCopyKernel;
    step.params = copy_plan(4).params;
    step.node = name;
    step.inputs.resize(1);
    step.outputs.resize(1);
    program.steps.push_back(std::move(step));
  }
  program.steps[0].inputs[0].kind = OperandRef::Kind::kInput;
  program.steps[0].outputs[0].kind = OperandRef::Kind::kArena;
  program.steps[1].inputs[0].kind = OperandRef::Kind::kArena;
  program.steps[1].outputs[0].kind = OperandRef::Kind::kOutput;
  StepTrace trace;
  trace.inputs = {TensorDesc{DataType::kInt32, {1}}, TensorDesc{}};
  trace.outputs = {TensorDesc{DataType::kInt32, {1}}};
  trace.originals.resize(2);
  program.steps[0].trace = std::make_shared<StepTrace>(trace);
  return program;
}

TEST(Observer, IsToldOfTracedStepsAndTheirTensors) {
  const Program program = two_copies();
  ExecState state(program);
  const int32_t in = 42;
  int32_t out = 0;
  const void* inputs[] = {&in};
  void* outputs[] = {&out};
  SerialFor serial;
  Recorder recorder;
  state.run(inputs, outputs, serial, &recorder);
  EXPECT_EQ(out, 42);
  EXPECT_EQ(recorder.text, "before first: 42\nafter first: 42\n");
}

TEST(Observer, SeesConstantsAsTheGraphHasThem) {
  Program program = two_copies();
  StepTrace trace = *program.steps[0].trace;
  const int32_t original = 7;
  trace.originals[0] = ConstBuffer(nullptr, &original, sizeof(original));
  program.steps[0].trace = std::make_shared<StepTrace>(trace);
  ExecState state(program);
  const int32_t in = 42;
  int32_t out = 0;
  const void* inputs[] = {&in};
  void* outputs[] = {&out};
  SerialFor serial;
  Recorder recorder;
  state.run(inputs, outputs, serial, &recorder);
  EXPECT_EQ(recorder.text, "before first: 7\nafter first: 42\n");
}

}  // namespace
}  // namespace poacl
