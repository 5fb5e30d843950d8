#include <cstring>
#include <thread>

#include <gtest/gtest.h>

#include "exec/copy_kernel.h"
#include "exec/program.h"

namespace poacl {
namespace {

Status plan_nothing(const OpInstance&, const PlanContext&, KernelPlan*) {
  return {};
}

void run_sum(const KernelArgs& args) {
  const auto* a = static_cast<const float*>(args.inputs[0]);
  const auto* b = static_cast<const float*>(args.inputs[1]);
  auto* out = static_cast<float*>(args.outputs[0]);
  for (int i = 0; i < 4; ++i) out[i] = a[i] + (b != nullptr ? b[i] : 100.0f);
}

const KernelImpl kSum{"Sum", "sum", Isa::kGeneric, plan_nothing, nullptr, run_sum};

OperandRef ref(OperandRef::Kind kind, uint32_t index = 0, size_t offset = 0) {
  OperandRef operand;
  operand.kind = kind;
  operand.index = index;
  operand.offset = offset;
  return operand;
}

ModelPort port(const char* name) {
  return ModelPort{name, DataType::kFloat, {4}, 16};
}

// out0 = (in0 + constant) + absent, out1 = in1 + out0.
Program two_outputs() {
  using Kind = OperandRef::Kind;
  Program program;
  program.inputs = {port("in0"), port("in1")};
  program.outputs = {port("out0"), port("out1")};
  const float constant[4] = {1, 2, 3, 4};
  program.constants.push_back(ConstBuffer::copy_of(constant, sizeof(constant)));
  program.arena_bytes = 64;
  program.scratch_bytes = 10;
  const auto step = [&program](std::vector<OperandRef> inputs, OperandRef output) {
    Step s;
    s.kernel = &kSum;
    s.inputs = std::move(inputs);
    s.outputs = {output};
    program.steps.push_back(std::move(s));
  };
  step({ref(Kind::kInput, 0), ref(Kind::kConstant, 0)}, ref(Kind::kArena));
  step({ref(Kind::kArena), ref(Kind::kAbsent)}, ref(Kind::kOutput, 0));
  step({ref(Kind::kInput, 1), ref(Kind::kOutput, 0)}, ref(Kind::kOutput, 1));
  return program;
}

void run_and_check(const Program& program, ExecState& state, float base) {
  const float in0[4] = {base, base, base, base};
  const float in1[4] = {10, 20, 30, 40};
  float out0[4];
  float out1[4];
  const void* inputs[] = {in0, in1};
  void* outputs[] = {out0, out1};
  SerialFor serial;
  state.run(inputs, outputs, serial);
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(out0[i], base + static_cast<float>(i + 1) + 100.0f);
    ASSERT_EQ(out1[i], out0[i] + in1[i]);
  }
  static_cast<void>(program);
}

TEST(ExecState, BindsInputsOutputsConstantsAndArenaAnewForEveryRun) {
  const Program program = two_outputs();
  ExecState state(program);
  for (int round = 0; round < 3; ++round) run_and_check(program, state, static_cast<float>(round));
}

TEST(ExecState, UsesTheCallersArena) {
  const Program program = two_outputs();
  ASSERT_EQ(workspace_bytes(program), 128u);
  alignas(64) std::byte arena[128] = {};
  ExecState state(program, arena);
  run_and_check(program, state, 5.0f);
  float first = 0;
  std::memcpy(&first, arena, sizeof(first));
  EXPECT_EQ(first, 6.0f);
}

TEST(ExecState, MovesToAnotherArenaBetweenRuns) {
  const Program program = two_outputs();
  alignas(64) std::byte arenas[2][128] = {};
  ExecState state(program, ExecState::NoArena{});
  for (int round = 0; round < 4; ++round) {
    std::byte* const arena = arenas[round % 2];
    state.use_arena(arena);
    run_and_check(program, state, static_cast<float>(10 * round));
    float first = 0;
    std::memcpy(&first, arena, sizeof(first));
    EXPECT_EQ(first, static_cast<float>(10 * round + 1));
  }
}

TEST(Arena, IsAlignedAndAsLargeAsAskedFor) {
  for (const size_t bytes : {size_t{0}, size_t{1}, size_t{100}, size_t{5} << 20}) {
    const Arena arena(bytes);
    EXPECT_GE(arena.bytes(), bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.memory()) % 64, 0u);
    std::memset(arena.memory(), 1, bytes);
  }
}

TEST(ExecState, StatesOfOneProgramRunConcurrently) {
  const Program program = two_outputs();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&program, t] {
      ExecState state(program);
      for (int i = 0; i < 500; ++i) run_and_check(program, state, static_cast<float>(t * 1000 + i));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(CopyKernel, CopiesItsBytes) {
  const char source[] = "abcdefgh";
  char target[8] = {};
  const KernelPlan plan = copy_plan(5);
  const void* inputs[] = {source};
  void* outputs[] = {target};
  kCopyKernel.run(KernelArgs{plan.params.data(), inputs, outputs, nullptr, nullptr});
  EXPECT_EQ(std::string(target), "abcde");
}

}  // namespace
}  // namespace poacl
