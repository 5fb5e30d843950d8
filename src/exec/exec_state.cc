#include "exec/program.h"
#include "exec/verbose.h"

namespace poacl {
namespace {

constexpr size_t kAlign = 64;

size_t round_up(size_t value, size_t unit) {
  return (value + unit - 1) / unit * unit;
}

size_t lane_bytes(const Program& program) {
  return round_up(program.arena_bytes, kAlign) + round_up(program.scratch_bytes, kAlign);
}

int lane_count(const Program& program) {
  return program.images > 1 ? program.workers : 1;
}

}  // namespace

size_t workspace_bytes(const Program& program) noexcept {
  const size_t own = lane_bytes(program) * static_cast<size_t>(lane_count(program));
  return program.front ? own + workspace_bytes(*program.front) : own;
}

size_t step_count(const Program& program) noexcept {
  return (program.front ? step_count(*program.front) : 0) + program.steps.size();
}

ExecState::ExecState(const Program& program, void* arena) : ExecState(program, NoArena{}) {
  if (arena == nullptr) {
    owned_arena_ = std::make_unique<Arena>(workspace_bytes(program));
    arena = owned_arena_->memory();
  }
  use_arena(arena);
}

ExecState::ExecState(const Program& program, NoArena) : program_(program) {
  uint32_t slot = 0;
  step_begin_.reserve(program.steps.size());
  for (const Step& step : program.steps) {
    step_begin_.push_back(slot);
    for (const auto* operands : {&step.inputs, &step.outputs}) {
      for (const OperandRef& ref : *operands) {
        const bool output = ref.kind == OperandRef::Kind::kOutput;
        if (output || ref.kind == OperandRef::Kind::kInput) {
          const ModelPort& port = (output ? program.outputs : program.inputs)[ref.index];
          patches_.push_back(
              Patch{slot, ref.index, port.bytes / static_cast<size_t>(program.images), output});
        }
        if (ref.kind == OperandRef::Kind::kArena) arena_operands_.push_back({slot, ref.offset});
        ++slot;
      }
    }
  }
  for (int i = 0; i < lane_count(program); ++i) add_lane();
  if (program.front) {
    front_ = std::make_unique<ExecState>(*program.front, NoArena{});
    front_outputs_.resize(program.front_outputs.size());
  }
}

void ExecState::add_lane() {
  Lane lane;
  size_t operands = 0;
  for (const Step& step : program_.steps) operands += step.inputs.size() + step.outputs.size();
  lane.slots.reserve(operands);
  const auto add = [&](const OperandRef& ref) {
    void* pointer = nullptr;
    if (ref.kind == OperandRef::Kind::kConstant) {
      pointer = const_cast<std::byte*>(program_.constants[ref.index].data());
    }
    lane.slots.push_back(pointer);
  };
  for (const Step& step : program_.steps) {
    for (const OperandRef& ref : step.inputs) add(ref);
    for (const OperandRef& ref : step.outputs) add(ref);
  }
  lanes_.push_back(std::move(lane));
}

void ExecState::use_arena(void* arena) {
  if (arena == arena_) return;
  arena_ = arena;
  auto* begin = static_cast<std::byte*>(arena);
  for (Lane& lane : lanes_) {
    for (const ArenaOperand& operand : arena_operands_) {
      lane.slots[operand.slot] = begin + operand.offset;
    }
    lane.scratch = begin + round_up(program_.arena_bytes, kAlign);
    begin += lane_bytes(program_);
  }
  for (size_t i = 0; i < front_outputs_.size(); ++i) {
    front_outputs_[i] = static_cast<std::byte*>(arena) + program_.front_outputs[i];
  }
  if (front_) front_->use_arena(begin);
}

void ExecState::run(std::span<const void* const> inputs, std::span<void* const> outputs,
                    ParallelFor& parallel, StepObserver* observer) {
  if (front_) front_->run(inputs, front_outputs_, parallel);
  if (program_.images == 1) {
    run_steps(lanes_[0], 0, inputs, outputs, parallel, observer);
    return;
  }
  parallel(program_.images, [&](int64_t image, int worker) {
    SerialFor serial;
    run_steps(lanes_[static_cast<size_t>(worker)], image, inputs, outputs, serial, nullptr);
  });
}

void ExecState::run_steps(Lane& lane, int64_t image, std::span<const void* const> inputs,
                          std::span<void* const> outputs, ParallelFor& parallel,
                          StepObserver* observer) {
  for (const Patch& patch : patches_) {
    const void* port = patch.is_output ? outputs[patch.port] : inputs[patch.port];
    lane.slots[patch.slot] = static_cast<std::byte*>(const_cast<void*>(port)) +
                             patch.image_stride * static_cast<size_t>(image);
  }
  const bool verbose = verbose_enabled();
  for (size_t i = 0; i < program_.steps.size(); ++i) {
    const Step& step = program_.steps[i];
    void** operands = lane.slots.data() + step_begin_[i];
    const KernelArgs args{step.params.data(), operands, operands + step.inputs.size(), lane.scratch,
                          &parallel};
    if (observer != nullptr) {
      run_step_observed(step, args, *observer);
    } else if (verbose) {
      run_step_verbose(program_, i, args);
    } else {
      step.kernel->run(args);
    }
  }
}

}  // namespace poacl
