#include "dynamic/dynamic_program.h"

#include <algorithm>
#include <new>
#include <unordered_map>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "dynamic/execution.h"
#include "dynamic/plan_cache.h"
#include "dynamic/run_memory.h"
#include "dynamic/stage_plan.h"
#include "dynamic/stage_verbose.h"
#include "graph/graph_error.h"
#include "graph/op_def.h"
#include "graph/shape_inference.h"
#include "kernels/kernel.h"

namespace poacl {
namespace {

// Control flow within control flow; the same bound as the .om reader's.
constexpr int kMaxDepth = 8;

Status bad_input(size_t index, const Value& value, const Tensor& tensor) {
  return Status(ACL_ERROR_GE_SHAPE_INVALID,
                fmt::format("input {} ({}) is {} {}, but the model takes {} {}", index,
                            value.name.substr(0, 128), data_type_name(tensor.dtype),
                            dims_to_string(tensor.dims), data_type_name(value.dtype),
                            value.shape_known ? dims_to_string(value.dims) : "of any shape"));
}

bool admits(const Value& value, const Tensor& tensor) {
  if (tensor.dtype != value.dtype || tensor.count() < 0) return false;
  if (!value.shape_known) return true;
  if (value.dims.size() != tensor.dims.size()) return false;
  for (size_t i = 0; i < value.dims.size(); ++i) {
    const int64_t most = i < value.max_dims.size() ? value.max_dims[i] : -1;
    if (value.dims[i] >= 0 && value.dims[i] != tensor.dims[i]) return false;
    if (most >= 0 && tensor.dims[i] > most) return false;
  }
  return true;
}

// Every operator is one that something computes.
Status check_computable(const Graph& graph) {
  for (const Node& node : graph.nodes()) {
    const OpDef* def = find_op(node.type);
    const bool known = def != nullptr && (def->view || find_eager_op(node.type) != nullptr ||
                                          !kernels_for(node.type).empty() || node.type == "Shape" ||
                                          node.type == "Size");
    if (known) continue;
    return graph_error("node '{}': nothing here computes operator {}", node.name, node.type);
  }
  return {};
}

class TensorSink final : public OutputSink {
 public:
  TensorSink(const Graph& graph, std::vector<Tensor>* outputs) : outputs_(*outputs) {
    outputs_.assign(graph.outputs.size(), Tensor());
  }
  Result<void*> place(size_t, DataType, const Dims&, size_t) override {
    return static_cast<void*>(nullptr);
  }
  void give(size_t index, Tensor tensor) override { outputs_[index] = std::move(tensor); }

 private:
  std::vector<Tensor>& outputs_;
};

void append_bytes(std::string* key, const void* data, size_t size) {
  key->append(static_cast<const char*>(data), size);
}

}  // namespace

class DynamicProgram::Impl {
 public:
  Impl(Graph graph, const DynamicOptions& options, int depth)
      : graph_(std::move(graph)),
        depth_(depth),
        memory_limit_(options.memory_limit),
        planner_(graph_,
                 LowerOptions{options.isa, options.workers, options.find_packed, options.traced}),
        pool_(std::make_shared<BlockPool>()) {}

  Status init(const DynamicOptions& options) {
    POACL_RETURN_IF_ERROR(check_computable(graph_));
    POACL_RETURN_IF_ERROR(make_bodies(options));
    return plan_ahead();
  }

  Status run(std::span<const Tensor> inputs, OutputSink& sink, ParallelFor& parallel,
             StepObserver* observer) {
    RunMemory memory(pool_, memory_limit_);
    try {
      return run_with(inputs, sink, parallel, memory, depth_ == 0, observer);
    } catch (const std::bad_alloc&) {
      return Status(
          ACL_ERROR_GE_MEMORY_ALLOCATION,
          fmt::format("graph {}: the system has no memory left to plan or run it", graph_.name));
    }
  }

  const Graph& graph() const { return graph_; }
  std::vector<PackedConstant> packed() const { return planner_.packed(); }
  size_t plan_count() const { return cache_.size(); }

 private:
  Status make_bodies(const DynamicOptions& options) {
    for (const Node& node : graph_.nodes()) {
      for (const auto& [name, value] : node.attrs) {
        const auto* body = std::get_if<std::shared_ptr<const Graph>>(&value);
        if (body == nullptr || bodies_.contains(body->get())) continue;
        const std::string label = fmt::format("node '{}' ({}), {}", node.name, node.type, name);
        if (depth_ + 1 >= kMaxDepth) {
          return graph_error("{}: control flow is nested more than {} deep", label, kMaxDepth);
        }
        Graph graph = **body;
        // Shapes a body was written with need not be those it is called with.
        for (const ValueId id : graph.inputs) {
          graph.value(id).shape_known = false;
          graph.value(id).dims.clear();
        }
        const Status status = infer_shapes(graph);
        if (!status.ok()) return status.with_context(label);
        DynamicOptions inner = options;
        inner.find_packed = nullptr;  // stored for the main graph only
        auto impl = std::make_unique<Impl>(std::move(graph), inner, depth_ + 1);
        if (const Status made = impl->init(inner); !made.ok()) return made.with_context(label);
        bodies_.emplace(body->get(), std::move(impl));
      }
    }
    return {};
  }

  // A first stage that every execution begins with is planned now, so that the first execution
  // is as fast as the others and what cannot be computed is told at once.
  Status plan_ahead() {
    LiveTensors live;
    for (const ValueId id : graph_.inputs) {
      const Value& value = graph_.value(id);
      if (!value.fully_known() || planner_.plan_time(id)) return {};
      live.emplace(id, Tensor{value.dtype, value.dims, ConstBuffer()});
    }
    const std::string key = key_of(nullptr, live);
    POACL_ASSIGN_OR_RETURN(auto plan, planner_.plan(nullptr, live));
    describe_stage(graph_, *plan, live, false);
    cache_.insert(key, std::move(plan));
    return {};
  }

  std::string key_of(const StagePlan* previous, const LiveTensors& live) const {
    std::string key;
    const uint64_t id = previous == nullptr ? 0 : previous->id;
    append_bytes(&key, &id, sizeof(id));
    for (const ValueId input : previous == nullptr ? graph_.inputs : previous->rest.inputs) {
      const Tensor& tensor = live.at(input);
      const uint64_t rank = tensor.dims.size();
      append_bytes(&key, &rank, sizeof(rank));
      append_bytes(&key, tensor.dims.data(), rank * sizeof(int64_t));
      if (!planner_.plan_time(input)) continue;
      append_bytes(&key, tensor.buffer.data(), tensor.buffer.size());
    }
    return key;
  }

  Status run_with(std::span<const Tensor> inputs, OutputSink& sink, ParallelFor& parallel,
                  RunMemory& memory, bool borrowed, StepObserver* observer) {
    if (inputs.size() != graph_.inputs.size()) {
      return Status(ACL_ERROR_GE_PARAM_INVALID,
                    fmt::format("graph {} takes {} inputs, but {} are given", graph_.name,
                                graph_.inputs.size(), inputs.size()));
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      const Value& value = graph_.value(graph_.inputs[i]);
      if (!admits(value, inputs[i])) return bad_input(i, value, inputs[i]);
    }
    Execution execution(graph_, sink, parallel, memory,
                        [&](const Graph& body, std::span<const Tensor> body_inputs,
                            std::vector<Tensor>* outputs) -> Status {
                          const auto it = bodies_.find(&body);
                          if (it == bodies_.end()) {
                            return Status(kGraphInternal, "a sub-graph was not prepared");
                          }
                          TensorSink body_sink(it->second->graph_, outputs);
                          return it->second->run_with(body_inputs, body_sink, parallel, memory,
                                                      false, observer);
                        });
    execution.observe(observer);
    execution.begin(inputs, borrowed);
    std::shared_ptr<const StagePlan> plan;
    do {
      POACL_ASSIGN_OR_RETURN(plan, next_plan(plan.get(), execution.live()));
      POACL_RETURN_IF_ERROR(execution.run(*plan));
    } while (!plan->open_outputs.empty());
    return {};
  }

  Result<std::shared_ptr<const StagePlan>> next_plan(const StagePlan* previous,
                                                     const LiveTensors& live) {
    std::string key = key_of(previous, live);
    auto plan = cache_.find(key);
    const bool kept = plan != nullptr;
    if (!kept) {
      POACL_ASSIGN_OR_RETURN(plan, planner_.plan(previous, live));
      plan = cache_.insert(std::move(key), std::move(plan));
    }
    describe_stage(graph_, *plan, live, kept);
    return plan;
  }

  const Graph graph_;
  const int depth_;
  const size_t memory_limit_;
  StagePlanner planner_;
  PlanCache cache_;
  std::shared_ptr<BlockPool> pool_;
  std::unordered_map<const Graph*, std::unique_ptr<Impl>> bodies_;
};

DynamicProgram::DynamicProgram(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DynamicProgram::~DynamicProgram() = default;

Result<std::unique_ptr<DynamicProgram>> DynamicProgram::make(Graph graph,
                                                             const DynamicOptions& options) {
  auto impl = std::make_unique<Impl>(std::move(graph), options, 0);
  POACL_RETURN_IF_ERROR(impl->init(options));
  return std::unique_ptr<DynamicProgram>(new DynamicProgram(std::move(impl)));
}

Status DynamicProgram::run(std::span<const Tensor> inputs, OutputSink& sink, ParallelFor& parallel,
                           StepObserver* observer) {
  return impl_->run(inputs, sink, parallel, observer);
}

Status DynamicProgram::run(std::span<const Tensor> inputs, std::vector<Tensor>* outputs,
                           ParallelFor& parallel) {
  TensorSink sink(impl_->graph(), outputs);
  return impl_->run(inputs, sink, parallel, nullptr);
}

const Graph& DynamicProgram::graph() const {
  return impl_->graph();
}
std::vector<PackedConstant> DynamicProgram::packed() const {
  return impl_->packed();
}
size_t DynamicProgram::plan_count() const {
  return impl_->plan_count();
}

}  // namespace poacl
