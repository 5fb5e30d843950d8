// The second half of lower(): lives of buffers, in-place sharing, arena offsets, final steps.
#include <algorithm>

#include "compile/lowering.h"
#include "compile/memory_plan.h"

namespace poacl {
namespace {

constexpr int kForever = std::numeric_limits<int>::max();

}  // namespace

uint32_t Lowering::home_of(uint32_t buffer) const {
  while (buffers_[buffer].home) buffer = *buffers_[buffer].home;
  return buffer;
}

void Lowering::compute_lives() {
  for (size_t s = 0; s < steps_.size(); ++s) {
    const int step = static_cast<int>(s);
    for (const Location& output : steps_[s].outputs) {
      if (output.kind != Location::Kind::kBuffer) continue;
      Buffer& buffer = buffers_[output.index];
      buffer.first_step = step;
      buffer.last_step = std::max(buffer.last_step, step);
    }
    for (const Location& input : steps_[s].inputs) {
      if (input.kind == Location::Kind::kBuffer) buffers_[input.index].last_step = step;
    }
  }
  for (Buffer& buffer : buffers_) {
    if (buffer.output_port >= 0) buffer.last_step = kForever;
  }
}

void Lowering::share_in_place() {
  for (size_t s = 0; s < steps_.size(); ++s) {
    const Emitted& step = steps_[s];
    if (!step.plan.in_place || step.outputs[0].kind != Location::Kind::kBuffer) continue;
    const size_t which = static_cast<size_t>(step.plan.in_place_input);
    if (which >= step.inputs.size() || step.inputs[which].kind != Location::Kind::kBuffer) continue;
    const uint32_t source = home_of(step.inputs[which].index);
    Buffer& input = buffers_[source];
    Buffer& output = buffers_[step.outputs[0].index];
    const auto same_home = [&](const Location& l) {
      return l.kind == Location::Kind::kBuffer && home_of(l.index) == source;
    };
    const bool only_reader = std::count_if(step.inputs.begin(), step.inputs.end(), same_home) == 1;
    if (input.output_port >= 0 || output.output_port >= 0 || !only_reader ||
        input.last_step != static_cast<int>(s) || input.bytes != output.bytes) {
      continue;
    }
    output.home = source;
    input.last_step = output.last_step;
  }
}

OperandRef Lowering::operand(const Location& location) const {
  OperandRef ref;
  ref.index = location.index;
  switch (location.kind) {
    case Location::Kind::kAbsent:
      break;
    case Location::Kind::kConstant:
      ref.kind = OperandRef::Kind::kConstant;
      break;
    case Location::Kind::kInput:
      ref.kind = OperandRef::Kind::kInput;
      break;
    case Location::Kind::kOutput:
      ref.kind = OperandRef::Kind::kOutput;
      break;
    case Location::Kind::kBuffer: {
      const uint32_t home = home_of(location.index);
      if (buffers_[home].output_port >= 0) {
        ref.kind = OperandRef::Kind::kOutput;
        ref.index = static_cast<uint32_t>(buffers_[home].output_port);
      } else {
        ref.kind = OperandRef::Kind::kArena;
        ref.offset = offsets_[home];
      }
      break;
    }
  }
  return ref;
}

void Lowering::place_buffers(Program& program) {
  std::vector<BufferLife> lives;
  std::vector<uint32_t> owners;
  for (uint32_t i = 0; i < buffers_.size(); ++i) {
    const Buffer& buffer = buffers_[i];
    if (buffer.home || buffer.output_port >= 0) continue;
    lives.push_back(
        BufferLife{buffer.bytes, buffer.first_step, std::max(buffer.first_step, buffer.last_step)});
    owners.push_back(i);
  }
  program.arena_bytes = plan_memory(lives);
  offsets_.assign(buffers_.size(), 0);
  for (size_t i = 0; i < lives.size(); ++i) offsets_[owners[i]] = lives[i].offset;
  for (size_t i = 0; taken_layouts_ && i < graph_.inputs.size(); ++i) {
    // Inputs were the first buffers.
    input_offsets_.push_back(offsets_[i]);
  }

  for (Emitted& emitted : steps_) {
    Step step;
    step.kernel = emitted.kernel;
    step.params = std::move(emitted.plan.params);
    for (const Location& input : emitted.inputs) step.inputs.push_back(operand(input));
    for (const Location& output : emitted.outputs) step.outputs.push_back(operand(output));
    step.node = std::move(emitted.node);
    step.type = std::move(emitted.type);
    step.description = std::move(emitted.description);
    step.declined = std::move(emitted.declined);
    step.trace = std::move(emitted.trace);
    program.scratch_bytes = std::max(program.scratch_bytes, emitted.plan.scratch_bytes);
    program.steps.push_back(std::move(step));
  }
  program.constants = std::move(constants_);
  for (const ConstBuffer& constant : program.constants) program.weight_bytes += constant.size();
}

}  // namespace poacl
