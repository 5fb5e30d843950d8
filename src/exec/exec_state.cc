#include <sys/mman.h>

#include <cstdlib>
#include <new>

#include "exec/program.h"
#include "exec/verbose.h"

namespace poacl {
namespace {

constexpr size_t kAlign = 64;
constexpr size_t kHugePage = size_t{2} << 20;

size_t round_up(size_t value, size_t unit) {
  return (value + unit - 1) / unit * unit;
}

void* allocate_arena(size_t bytes) {
  const size_t align = bytes >= kHugePage ? kHugePage : kAlign;
  void* memory = std::aligned_alloc(align, round_up(bytes == 0 ? kAlign : bytes, align));
  if (memory == nullptr) throw std::bad_alloc();
  // Fewer TLB misses where the kernel grants huge pages; harmless where it does not.
  if (bytes >= kHugePage) madvise(memory, round_up(bytes, align), MADV_HUGEPAGE);
  return memory;
}

size_t lane_bytes(const Program& program) {
  return round_up(program.arena_bytes, kAlign) + round_up(program.scratch_bytes, kAlign);
}

int lane_count(const Program& program) {
  return program.images > 1 ? program.workers : 1;
}

}  // namespace

size_t workspace_bytes(const Program& program) noexcept {
  return lane_bytes(program) * static_cast<size_t>(lane_count(program));
}

ExecState::ExecState(const Program& program, void* arena) : program_(program) {
  if (arena == nullptr) arena = owned_arena_ = allocate_arena(workspace_bytes(program));
  arena_ = arena;
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
        ++slot;
      }
    }
  }
  for (int i = 0; i < lane_count(program); ++i) {
    add_lane(static_cast<std::byte*>(arena) + lane_bytes(program) * static_cast<size_t>(i));
  }
}

void ExecState::add_lane(std::byte* arena) {
  Lane lane;
  lane.scratch = arena + round_up(program_.arena_bytes, kAlign);
  size_t operands = 0;
  for (const Step& step : program_.steps) operands += step.inputs.size() + step.outputs.size();
  lane.slots.reserve(operands);
  const auto add = [&](const OperandRef& ref) {
    void* pointer = nullptr;
    if (ref.kind == OperandRef::Kind::kArena) pointer = arena + ref.offset;
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

ExecState::~ExecState() {
  std::free(owned_arena_);
}

void ExecState::run(std::span<const void* const> inputs, std::span<void* const> outputs,
                    ParallelFor& parallel, StepObserver* observer) {
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
