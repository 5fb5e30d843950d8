#include <sys/mman.h>

#include <cstdlib>
#include <new>

#include "exec/program.h"
#include "exec/verbose.h"

namespace poacl {
namespace {

constexpr size_t kAlign = 64;
constexpr size_t kHugePage = size_t{2} << 20;

size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

void* allocate_arena(size_t bytes) {
  const size_t align = bytes >= kHugePage ? kHugePage : kAlign;
  void* memory = std::aligned_alloc(align, round_up(bytes == 0 ? kAlign : bytes, align));
  if (memory == nullptr) throw std::bad_alloc();
  // Fewer TLB misses where the kernel grants huge pages; harmless where it does not.
  if (bytes >= kHugePage) madvise(memory, round_up(bytes, align), MADV_HUGEPAGE);
  return memory;
}

}  // namespace

size_t workspace_bytes(const Program& program) noexcept {
  return round_up(program.arena_bytes, kAlign) + round_up(program.scratch_bytes, kAlign);
}

ExecState::ExecState(const Program& program, void* arena) : program_(program) {
  if (arena == nullptr) arena = owned_arena_ = allocate_arena(workspace_bytes(program));
  arena_ = static_cast<std::byte*>(arena);
  scratch_ = arena_ + round_up(program.arena_bytes, kAlign);

  const auto add = [this](const OperandRef& ref) {
    void* pointer = nullptr;
    switch (ref.kind) {
      case OperandRef::Kind::kAbsent: break;
      case OperandRef::Kind::kArena: pointer = arena_ + ref.offset; break;
      case OperandRef::Kind::kConstant:
        pointer = const_cast<std::byte*>(program_.constants[ref.index].data());
        break;
      case OperandRef::Kind::kInput:
      case OperandRef::Kind::kOutput:
        patches_.push_back(Patch{static_cast<uint32_t>(slots_.size()), ref.index,
                                 ref.kind == OperandRef::Kind::kOutput});
        break;
    }
    slots_.push_back(pointer);
  };
  step_begin_.reserve(program.steps.size());
  for (const Step& step : program.steps) {
    step_begin_.push_back(static_cast<uint32_t>(slots_.size()));
    for (const OperandRef& ref : step.inputs) add(ref);
    for (const OperandRef& ref : step.outputs) add(ref);
  }
}

ExecState::~ExecState() { std::free(owned_arena_); }

void ExecState::run(std::span<const void* const> inputs, std::span<void* const> outputs,
                    ParallelFor& parallel) {
  for (const Patch& patch : patches_) {
    slots_[patch.slot] =
        patch.is_output ? outputs[patch.port] : const_cast<void*>(inputs[patch.port]);
  }
  const bool verbose = verbose_enabled();
  for (size_t i = 0; i < program_.steps.size(); ++i) {
    const Step& step = program_.steps[i];
    void** operands = slots_.data() + step_begin_[i];
    const KernelArgs args{step.params.data(), operands, operands + step.inputs.size(), scratch_,
                          &parallel};
    if (verbose) {
      run_step_verbose(program_, i, args);
    } else {
      step.kernel->run(args);
    }
  }
}

}  // namespace poacl
