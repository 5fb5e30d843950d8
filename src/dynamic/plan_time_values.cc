#include "dynamic/plan_time_values.h"

#include <algorithm>

#include "dynamic/dynamic_program.h"
#include "graph/eager_op.h"
#include "graph/op_def.h"

namespace poacl {
namespace {

// Values with more elements than this are not worth a plan of their own for each content, unless an
// operator demands it.
constexpr int64_t kFewElements = 16;

class PlanTimeValues {
 public:
  explicit PlanTimeValues(const Graph& graph)
      : graph_(graph), wanted_(graph.value_count(), false), cheap_(graph.value_count(), kUnset) {}

  std::vector<bool> run() {
    for (const Node& node : graph_.nodes()) {
      if (find_eager_op(node.type) != nullptr) continue;  // reads its inputs when it runs
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i] != kNoValue && is_by_value(node, i)) want(node.inputs[i]);
      }
    }
    return std::move(wanted_);
  }

 private:
  enum : int8_t { kUnset, kNo, kYes };

  const Node* producer(ValueId id) const {
    const NodeId node = graph_.value(id).producer;
    return node == kNoNode ? nullptr : &graph_.node(node);
  }

  static bool asks_shape(const Node& node) { return node.type == "Shape" || node.type == "Size"; }

  // Whether planning can compute it from shapes and a few numbers.
  bool cheap(ValueId id) const { return cheap_[static_cast<size_t>(id)] == kYes; }

  bool few(const Value& value) const {
    if (!value.shape_known) return false;
    const auto most = most_dims(value.dims, value.max_dims);
    return most && element_count(*most) >= 0 && element_count(*most) <= kFewElements;
  }

  // Whole numbers in a list or alone, as shapes and positions come.
  static bool counts(const Value& value) {
    return value.dims.size() <= 1 &&
           (value.dtype == DataType::kInt64 || value.dtype == DataType::kInt32);
  }

  void judge_all() {
    for (size_t i = 0; i < graph_.value_count(); ++i) {
      const Value& value = graph_.value(static_cast<ValueId>(i));
      if (value.is_constant()) cheap_[i] = kYes;
      if (value.producer == kNoNode && few(value) && counts(value)) cheap_[i] = kYes;
    }
    for (const Node& node : graph_.nodes()) {
      const bool eager = find_eager_op(node.type) != nullptr;
      const bool inputs_cheap = std::all_of(node.inputs.begin(), node.inputs.end(),
                                            [&](ValueId v) { return v == kNoValue || cheap(v); });
      for (const ValueId id : node.outputs) {
        int8_t& verdict = cheap_[static_cast<size_t>(id)];
        if (graph_.value(id).is_constant()) continue;
        // What an eager operator made is at hand like an input, when the next stage is planned.
        verdict =
            asks_shape(node) || (few(graph_.value(id)) && (eager || inputs_cheap)) ? kYes : kNo;
      }
    }
    judged_ = true;
  }

  void want(ValueId first) {
    if (!judged_) judge_all();
    std::vector<ValueId> pending = {first};
    while (!pending.empty()) {
      const ValueId id = pending.back();
      pending.pop_back();
      if (wanted_[static_cast<size_t>(id)] || graph_.value(id).is_constant()) continue;
      wanted_[static_cast<size_t>(id)] = true;
      const Node* node = producer(id);
      if (node == nullptr || asks_shape(*node) || find_eager_op(node->type) != nullptr) continue;
      const bool foldable = std::all_of(node->inputs.begin(), node->inputs.end(),
                                        [&](ValueId v) { return v == kNoValue || cheap(v); });
      if (!foldable) continue;
      for (const ValueId input : node->inputs) {
        if (input != kNoValue) pending.push_back(input);
      }
    }
  }

  const Graph& graph_;
  std::vector<bool> wanted_;
  std::vector<int8_t> cheap_;
  bool judged_ = false;
};

}  // namespace

bool is_by_value(const Node& node, size_t port) {
  const OpDef* def = find_op(node.type);
  if (def == nullptr || def->inputs.empty()) return false;
  // The last port stands for all inputs of a variadic operator.
  return def->inputs[std::min(port, def->inputs.size() - 1)].by_value;
}

std::vector<bool> plan_time_values(const Graph& graph) {
  return PlanTimeValues(graph).run();
}

bool needs_dynamic(const Graph& graph) {
  const auto unknown = [&](ValueId id) { return !graph.value(id).fully_known(); };
  if (std::any_of(graph.inputs.begin(), graph.inputs.end(), unknown)) return true;
  for (const Node& node : graph.nodes()) {
    if (find_eager_op(node.type) != nullptr) return true;
    if (std::any_of(node.outputs.begin(), node.outputs.end(), unknown)) return true;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNoValue || graph.value(node.inputs[i]).is_constant()) continue;
      if (is_by_value(node, i)) return true;
    }
  }
  return false;
}

}  // namespace poacl
