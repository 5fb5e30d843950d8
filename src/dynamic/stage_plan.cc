#include "dynamic/stage_plan.h"

#include <algorithm>
#include <atomic>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "dynamic/plan_time_values.h"
#include "graph/constant_folding.h"
#include "graph/eager_op.h"
#include "graph/graph_error.h"
#include "graph/shape_inference.h"

namespace poacl {
namespace {

// Folding at run time is for shape arithmetic; what is larger runs faster as a step.
constexpr size_t kStageFoldedBytes = size_t{64} << 20;
constexpr double kStageFoldedWork = 2e8;
// What a value or a step of a kept graph or program takes, roughly.
constexpr size_t kBytesPerValue = 256;
constexpr size_t kBytesPerStep = 1024;

uint64_t next_id() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

// Inference says "impossible model"; here it is the shapes and values of this execution.
Status as_run_error(const Status& status) {
  if (status.code() != kGraphInvalid) return status;
  return Status(ACL_ERROR_GE_SHAPE_INVALID, std::string(status.message()),
                std::string(status.tag()));
}

bool constants_only(const Graph& graph, const Node& node) {
  return std::all_of(node.outputs.begin(), node.outputs.end(),
                     [&](ValueId id) { return graph.value(id).is_constant(); });
}

}  // namespace

// What happens to each node of a graph in the stage being planned.
struct StagePlanner::Split {
  enum class Fate : uint8_t { kLater, kKnown, kStep, kEager };
  std::vector<Fate> fate;         // by node
  std::vector<bool> available;    // by value: there before or after the stage's program
  std::vector<bool> after_eager;  // by value: made by this stage's eager operators

  std::vector<bool> dead_but(Fate kept) const {
    std::vector<bool> dead(fate.size());
    for (size_t i = 0; i < fate.size(); ++i) dead[i] = fate[i] != kept;
    return dead;
  }
};

StagePlanner::StagePlanner(const Graph& base, LowerOptions options)
    : base_(base), options_(std::move(options)), plan_time_(plan_time_values(base)) {}

Status StagePlanner::set_known(const LiveTensors& live, Graph* graph) const {
  std::vector<ValueId> inputs;
  for (const ValueId id : graph->inputs) {
    const auto it = live.find(id);
    if (it == live.end()) {
      return Status(kGraphInternal, fmt::format("tensor \"{}\" is read before any stage makes it",
                                                graph->value(id).name));
    }
    const Tensor& tensor = it->second;
    Value& value = graph->value(id);
    value.dims = tensor.dims;
    value.shape_known = true;
    value.max_dims.clear();
    if (!plan_time(id)) {
      inputs.push_back(id);
      continue;
    }
    value.constant = Tensor{tensor.dtype, tensor.dims,
                            ConstBuffer::copy_of(tensor.buffer.data(), tensor.buffer.size())};
  }
  graph->inputs = std::move(inputs);
  graph->folded_bytes = kMaxFoldedBytes - kStageFoldedBytes;
  graph->folded_work = kMaxFoldedWork - kStageFoldedWork;
  return as_run_error(infer_shapes(*graph));
}

Result<StagePlanner::Split> StagePlanner::split(const Graph& graph) const {
  using Fate = Split::Fate;
  Split split;
  split.fate.resize(graph.nodes().size(), Fate::kLater);
  split.available.resize(graph.value_count(), false);
  split.after_eager.resize(graph.value_count(), false);
  for (size_t i = 0; i < graph.value_count(); ++i) {
    split.available[i] = graph.value(static_cast<ValueId>(i)).is_constant();
  }
  for (const ValueId id : graph.inputs) split.available[static_cast<size_t>(id)] = true;
  const Node* stuck = nullptr;
  bool progress = false;
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    Fate& fate = split.fate[n];
    if (constants_only(graph, node)) {
      fate = Fate::kKnown;
      progress = true;
      continue;
    }
    if (!std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
          return id == kNoValue || split.available[static_cast<size_t>(id)];
        })) {
      continue;
    }
    if (find_eager_op(node.type) != nullptr) {
      fate = Fate::kEager;
      progress = true;
      for (const ValueId id : node.outputs) split.after_eager[static_cast<size_t>(id)] = true;
      continue;
    }
    bool plannable = std::all_of(node.outputs.begin(), node.outputs.end(),
                                 [&](ValueId id) { return graph.value(id).fully_known(); });
    for (size_t i = 0; i < node.inputs.size() && plannable; ++i) {
      plannable = node.inputs[i] == kNoValue || !is_by_value(node, i) ||
                  graph.value(node.inputs[i]).is_constant();
    }
    if (!plannable) {
      if (stuck == nullptr) stuck = &node;
      continue;
    }
    fate = Fate::kStep;
    progress = true;
    for (const ValueId id : node.outputs) split.available[static_cast<size_t>(id)] = true;
  }
  if (progress || graph.nodes().empty()) return split;
  return Status(kGraphInternal,
                fmt::format("node '{}' ({}): its inputs are known, but the shapes of its outputs "
                            "are not",
                            stuck != nullptr ? stuck->name : graph.nodes()[0].name,
                            stuck != nullptr ? stuck->type : graph.nodes()[0].type));
}

// "node#input" of the constants that are the base graph's very own, whose packed forms every plan
// may use. Others, computed from what is known at run time only, differ from plan to plan.
std::unordered_set<std::string> StagePlanner::shareable(const Graph& stage) const {
  std::unordered_set<std::string> names;
  for (const Node& node : stage.nodes()) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      if (id == kNoValue || static_cast<size_t>(id) >= base_.value_count()) continue;
      const auto& own = base_.value(id).constant;
      const auto& used = stage.value(id).constant;
      if (own && used && own->buffer.data() == used->buffer.data()) {
        names.insert(fmt::format("{}#{}", node.name, i));
      }
    }
  }
  return names;
}

Status StagePlanner::lower_stage(const Graph& graph, const Split& split, StagePlan* plan) {
  using Fate = Split::Fate;
  Graph stage = graph;
  std::vector<bool> read(graph.value_count(), false);
  std::vector<bool> wanted(graph.value_count(), false);
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    if (split.fate[n] == Fate::kKnown) continue;
    for (const ValueId id : graph.nodes()[n].inputs) {
      if (id == kNoValue) continue;
      (split.fate[n] == Fate::kStep ? read : wanted)[static_cast<size_t>(id)] = true;
    }
  }
  for (const ValueId id : graph.outputs) wanted[static_cast<size_t>(id)] = true;
  stage.outputs.clear();
  stage.output_names.clear();
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    if (split.fate[n] != Fate::kStep) continue;
    for (const ValueId id : graph.nodes()[n].outputs) {
      if (!wanted[static_cast<size_t>(id)] || graph.value(id).is_constant()) continue;
      plan->results.push_back(id);
    }
  }
  if (plan->results.empty()) return {};
  stage.outputs = plan->results;
  std::erase_if(stage.inputs, [&](ValueId id) { return !read[static_cast<size_t>(id)]; });
  plan->inputs = stage.inputs;
  POACL_RETURN_IF_ERROR(stage.compact(split.dead_but(Fate::kStep)));
  POACL_RETURN_IF_ERROR(optimize_planned(stage));

  const auto own = shareable(stage);
  const auto is_own = [&own](const std::string& key) {
    return own.contains(key.substr(0, key.rfind('@')));
  };
  LowerOptions options = options_;
  options.find_packed = [&](const std::string& key) {
    if (!is_own(key)) return ConstBuffer();
    {
      const std::lock_guard lock(mutex_);
      if (const auto it = packed_.find(key); it != packed_.end()) return it->second;
    }
    return options_.find_packed ? options_.find_packed(key) : ConstBuffer();
  };
  POACL_ASSIGN_OR_RETURN(LowerResult lowered, lower(stage, options));
  plan->own_bytes += kBytesPerStep * step_count(*lowered.program);
  for (PackedConstant& packed : lowered.packed) {
    if (is_own(packed.key)) {
      const std::lock_guard lock(mutex_);
      packed_.insert_or_assign(packed.key, packed.bytes);
    } else {
      plan->own_bytes += packed.bytes.size();
    }
  }
  plan->program = std::move(lowered.program);
  return {};
}

std::vector<PackedConstant> StagePlanner::packed() const {
  const std::lock_guard lock(mutex_);
  std::vector<PackedConstant> all;
  for (const auto& [key, bytes] : packed_) all.push_back({key, bytes});
  return all;
}

Result<std::shared_ptr<const StagePlan>> StagePlanner::plan(const StagePlan* previous,
                                                            const LiveTensors& live) {
  using Fate = Split::Fate;
  auto plan = std::make_shared<StagePlan>();
  plan->id = next_id();
  plan->depth = previous == nullptr ? 0 : previous->depth + 1;
  Graph graph = previous == nullptr ? base_ : previous->rest;
  POACL_RETURN_IF_ERROR(set_known(live, &graph));
  plan->own_bytes = graph.folded_bytes - (kMaxFoldedBytes - kStageFoldedBytes);
  POACL_ASSIGN_OR_RETURN(const Split split, this->split(graph));
  POACL_RETURN_IF_ERROR(lower_stage(graph, split, plan.get()));

  std::vector<bool> listed(graph.value_count(), false);
  const auto list_constant = [&](ValueId id) {
    if (id == kNoValue || !graph.value(id).is_constant() || listed[static_cast<size_t>(id)]) return;
    listed[static_cast<size_t>(id)] = true;
    plan->constants.emplace_back(id, *graph.value(id).constant);
  };
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    if (split.fate[n] != Fate::kEager) continue;
    const Node& node = graph.nodes()[n];
    plan->eager.push_back(node);
    std::for_each(node.inputs.begin(), node.inputs.end(), list_constant);
  }
  // graph.outputs are those that were open before this stage.
  Graph& rest = plan->rest;
  std::vector<ValueId> open;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const ValueId id = graph.outputs[i];
    const size_t index = previous == nullptr ? i : previous->open_outputs[i];
    list_constant(id);
    if (split.available[static_cast<size_t>(id)]) {
      plan->outputs_of_program.push_back(index);
    } else if (split.after_eager[static_cast<size_t>(id)]) {
      plan->outputs_of_eager.push_back(index);
    } else {
      plan->open_outputs.push_back(index);
      open.push_back(id);
    }
  }
  if (open.empty()) return std::shared_ptr<const StagePlan>(std::move(plan));

  rest = std::move(graph);
  rest.outputs = std::move(open);
  rest.output_names.clear();
  POACL_RETURN_IF_ERROR(rest.compact(split.dead_but(Fate::kLater)));
  rest.inputs.clear();
  std::vector<bool> seen(rest.value_count(), false);
  for (const Node& node : rest.nodes()) {
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || seen[static_cast<size_t>(id)]) continue;
      seen[static_cast<size_t>(id)] = true;
      const Value& value = rest.value(id);
      if (!value.is_constant() && value.producer == kNoNode) rest.inputs.push_back(id);
    }
  }
  plan->own_bytes += kBytesPerValue * rest.value_count();
  return std::shared_ptr<const StagePlan>(std::move(plan));
}

}  // namespace poacl
