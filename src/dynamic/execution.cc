#include "dynamic/execution.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "graph/graph_error.h"

namespace poacl {
namespace {

class StageEagerContext final : public EagerContext {
 public:
  StageEagerContext(ParallelFor& parallel, RunMemory& memory, const BodyRunner& run_body)
      : parallel_(parallel), memory_(memory), run_body_(run_body) {}

  ParallelFor& parallel() override { return parallel_; }
  Result<Tensor> allocate(DataType dtype, Dims dims, void** writable) override {
    return memory_.allocate(dtype, std::move(dims), writable);
  }
  Status run_body(const Graph& body, std::span<const Tensor> inputs,
                  std::vector<Tensor>* outputs) override {
    return run_body_(body, inputs, outputs);
  }

 private:
  ParallelFor& parallel_;
  RunMemory& memory_;
  const BodyRunner& run_body_;
};

std::string label(const Node& node) {
  return fmt::format("node '{}' ({})", node.name, node.type);
}

// For what concerns a whole stage: its largest result names it best.
std::string stage_label(const Program& program) {
  const auto largest =
      std::max_element(program.outputs.begin(), program.outputs.end(),
                       [](const ModelPort& a, const ModelPort& b) { return a.bytes < b.bytes; });
  return fmt::format("{} steps up to tensor '{}' of {}", step_count(program),
                     largest->name.substr(0, 128), dims_to_string(largest->dims));
}

// An operator must hand on what inference promised to its readers.
Status check_made(const Graph& graph, const Node& node, const std::vector<Tensor>& made) {
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const Value& value = graph.value(node.outputs[i]);
    const Tensor& tensor = made[i];
    const int64_t count = tensor.count();
    if (tensor.dtype == value.dtype && count >= 0 &&
        tensor.buffer.size() >= static_cast<size_t>(count) * data_type_size(tensor.dtype)) {
      continue;
    }
    return Status(kGraphInternal,
                  fmt::format("it made {} {} of {} bytes as output {}, which is {}",
                              data_type_name(tensor.dtype), dims_to_string(tensor.dims),
                              tensor.buffer.size(), i, data_type_name(value.dtype)));
  }
  return {};
}

}  // namespace

Execution::Execution(const Graph& graph, OutputSink& sink, ParallelFor& parallel, RunMemory& memory,
                     BodyRunner run_body)
    : graph_(graph),
      sink_(sink),
      parallel_(parallel),
      memory_(memory),
      run_body_(std::move(run_body)),
      delivery_(graph.outputs.size(), Delivery::kOpen) {}

void Execution::begin(std::span<const Tensor> inputs, bool borrowed) {
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    if (borrowed) borrowed_.emplace_back(inputs[i].buffer.data(), inputs[i].buffer.size());
    live_.insert_or_assign(graph_.inputs[i], inputs[i]);
  }
}

Result<void*> Execution::place(ValueId id, const ModelPort& port) {
  for (size_t i = 0; i < graph_.outputs.size(); ++i) {
    if (graph_.outputs[i] != id || delivery_[i] != Delivery::kOpen) continue;
    POACL_ASSIGN_OR_RETURN(void* memory, sink_.place(i, port.dtype, port.dims, port.bytes));
    delivery_[i] = memory == nullptr ? Delivery::kToBeGiven : Delivery::kDone;
    if (memory == nullptr) break;
    borrowed_.emplace_back(static_cast<const std::byte*>(memory), port.bytes);
    memory_.count(port.bytes);
    return memory;
  }
  return static_cast<void*>(nullptr);
}

Status Execution::run_program(const StagePlan& plan) {
  const Program& program = *plan.program;
  // Nothing is taken before all of it is known to fit.
  size_t needed = workspace_bytes(program);
  for (const ModelPort& port : program.outputs) {
    if (__builtin_add_overflow(needed, port.bytes, &needed)) needed = SIZE_MAX;
  }
  POACL_RETURN_IF_ERROR(memory_.fits(needed).with_context(stage_label(program)));
  std::vector<const void*> inputs;
  for (const ValueId id : plan.inputs) inputs.push_back(live_.at(id).buffer.data());
  std::vector<void*> outputs;
  for (size_t i = 0; i < plan.results.size(); ++i) {
    const ModelPort& port = program.outputs[i];
    POACL_ASSIGN_OR_RETURN(void* memory, place(plan.results[i], port));
    Tensor tensor{port.dtype, port.dims, ConstBuffer(nullptr, memory, port.bytes)};
    if (memory == nullptr) {
      POACL_ASSIGN_OR_RETURN(tensor, memory_.allocate(port.dtype, port.dims, &memory));
    }
    outputs.push_back(memory);
    live_.insert_or_assign(plan.results[i], std::move(tensor));
  }
  void* arena = nullptr;
  POACL_ASSIGN_OR_RETURN(const ConstBuffer work,
                         memory_.allocate_bytes(workspace_bytes(program), &arena));
  ExecState(program, arena).run(inputs, outputs, parallel_, observer_);
  return {};
}

Status Execution::call_eager(const Node& node, std::span<const Tensor* const> inputs,
                             std::vector<Tensor>* made) {
  StageEagerContext context(parallel_, memory_, run_body_);
  std::vector<TensorView> before;
  std::vector<TensorView> after;
  if (observer_ != nullptr) {
    for (const Tensor* tensor : inputs) {
      if (tensor != nullptr)
        before.push_back({{tensor->dtype, tensor->dims}, tensor->buffer.data()});
    }
    observer_->before_step({node.name, node.type, node.origins, before, after});
  }
  Status status = find_eager_op(node.type)->run(node, inputs, made, context);
  if (status.ok()) status = check_made(graph_, node, *made);
  if (observer_ == nullptr || !status.ok()) return status;
  for (const Tensor& tensor : *made) {
    after.push_back({{tensor.dtype, tensor.dims}, tensor.buffer.data()});
  }
  observer_->after_step({node.name, node.type, node.origins, before, after});
  return status;
}

Status Execution::run_eager(const Node& node) {
  std::vector<const Tensor*> inputs;
  for (const ValueId id : node.inputs) {
    inputs.push_back(id == kNoValue ? nullptr : &live_.at(id));
  }
  std::vector<Tensor> made(node.outputs.size());
  const Status status = call_eager(node, inputs, &made);
  if (!status.ok()) {
    const int32_t code =
        status.code() == kGraphInvalid ? ACL_ERROR_GE_SHAPE_INVALID : status.code();
    return Status(code, fmt::format("{}: {}", label(node), status.message()),
                  std::string(status.tag()));
  }
  for (size_t i = 0; i < made.size(); ++i) {
    live_.insert_or_assign(node.outputs[i], std::move(made[i]));
  }
  return {};
}

Status Execution::deliver(std::span<const size_t> outputs) {
  for (const size_t i : outputs) {
    if (delivery_[i] == Delivery::kDone) continue;
    const Tensor& tensor = live_.at(graph_.outputs[i]);
    const size_t bytes = storage_bytes(TensorDesc{tensor.dtype, tensor.dims});
    void* memory = nullptr;
    if (delivery_[i] == Delivery::kOpen) {
      POACL_ASSIGN_OR_RETURN(memory, sink_.place(i, tensor.dtype, tensor.dims, bytes));
    }
    delivery_[i] = Delivery::kDone;
    if (memory != nullptr) {
      if (bytes != 0) std::memcpy(memory, tensor.buffer.data(), bytes);
      continue;
    }
    if (!is_borrowed(tensor)) {
      sink_.give(i, tensor);
      continue;
    }
    POACL_ASSIGN_OR_RETURN(Tensor copy, memory_.allocate(tensor.dtype, tensor.dims, &memory));
    if (bytes != 0) std::memcpy(memory, tensor.buffer.data(), bytes);
    sink_.give(i, std::move(copy));
  }
  return {};
}

bool Execution::is_borrowed(const Tensor& tensor) const {
  return std::any_of(borrowed_.begin(), borrowed_.end(), [&](const auto& bytes) {
    return tensor.buffer.data() >= bytes.data() &&
           tensor.buffer.data() < bytes.data() + std::max<size_t>(bytes.size(), 1);
  });
}

Status Execution::run(const StagePlan& plan) {
  for (const auto& [id, tensor] : plan.constants) live_.insert_or_assign(id, tensor);
  if (plan.program != nullptr) POACL_RETURN_IF_ERROR(run_program(plan));
  POACL_RETURN_IF_ERROR(deliver(plan.outputs_of_program));
  for (const Node& node : plan.eager) POACL_RETURN_IF_ERROR(run_eager(node));
  POACL_RETURN_IF_ERROR(deliver(plan.outputs_of_eager));
  // What no later stage reads gives its memory back.
  LiveTensors kept;
  for (const ValueId id : plan.rest.inputs) {
    if (auto it = live_.find(id); it != live_.end()) kept.emplace(id, std::move(it->second));
  }
  live_ = std::move(kept);
  return {};
}

}  // namespace poacl
