// One stage of an execution, planned: what can be computed once certain shapes and values are
// known.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/status.h"
#include "compile/compile.h"
#include "exec/program.h"
#include "graph/graph.h"

namespace poacl {

// The tensors an execution has at hand, by value of the graph.
using LiveTensors = std::unordered_map<ValueId, Tensor>;

struct StagePlan {
  uint64_t id = 0;  // unique in the process: part of the next stage's key
  int depth = 0;    // number of the stage, from 0

  // Null when the stage computes nothing but constants or eager operators.
  std::unique_ptr<const Program> program;
  std::vector<ValueId> inputs;   // of the program, in its order
  std::vector<ValueId> results;  // of the program, in its order; not one twice
  // Values that planning already knows and that later stages or the model's outputs need.
  std::vector<std::pair<ValueId, Tensor>> constants;
  // To be called in this order when the program has run. Copies: `rest` loses them.
  std::vector<Node> eager;
  // Outputs of the model that are there after the program or the eager operators, by index.
  std::vector<size_t> outputs_of_program;
  std::vector<size_t> outputs_of_eager;

  // What remains: its inputs are the values that must be kept. No nodes: this is the last stage.
  Graph rest;
  std::vector<size_t> open_outputs;  // outputs of the model that later stages make

  // Memory that this plan alone keeps, roughly.
  size_t own_bytes = 0;
};

// Plans the stages of one graph. Any number of threads at once.
class StagePlanner {
 public:
  // `base` is the whole graph and outlives this.
  StagePlanner(const Graph& base, LowerOptions options);

  // Whether the value's content, not only its shape, is part of a plan.
  bool plan_time(ValueId id) const { return plan_time_[static_cast<size_t>(id)]; }

  // Plans what comes after `previous` (null: the first stage) for these tensors at hand, which are
  // copied where their content becomes part of the plan. Errors name node and numbers: 145021 where
  // shapes or values do not fit, 545000 when no progress is possible.
  Result<std::shared_ptr<const StagePlan>> plan(const StagePlan* previous, const LiveTensors& live);

  // Every packed form of the graph's own constants that a plan has used so far.
  std::vector<PackedConstant> packed() const;

 private:
  struct Split;
  Status set_known(const LiveTensors& live, Graph* graph) const;
  Result<Split> split(const Graph& graph) const;
  Status lower_stage(const Graph& graph, const Split& split, StagePlan* plan);
  std::unordered_set<std::string> shareable(const Graph& stage) const;

  const Graph& base_;
  LowerOptions options_;
  std::vector<bool> plan_time_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, ConstBuffer> packed_;  // by PackedConstant::key
};

}  // namespace poacl
