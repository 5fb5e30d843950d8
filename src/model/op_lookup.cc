#include "model/op_lookup.h"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/fork_locks.h"
#include "model/loaded_model.h"
#include "om/om_format.h"

namespace poacl::model {
namespace {

constexpr size_t kKept = 1024;  // newest tasks
constexpr size_t kPorts = 8;    // whose addresses are kept

struct Noted {
  RunTask task;
  std::weak_ptr<LoadedModel> model;
  size_t gear = 0;
  bool done = false;
  std::array<const void*, kPorts> inputs{};
  std::array<const void*, kPorts> outputs{};
};

struct Notes {
  ForkSafeMutex mutex;
  size_t next = 0;
  std::array<Noted, kKept> all;
};

Notes& notes() {
  static auto* const instance = new Notes;
  return *instance;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Notes& notes_made_early = notes();

bool same(const RunTask& a, const RunTask& b) {
  return a.device == b.device && a.stream == b.stream && a.task == b.task;
}

EndOperators::Operator describe(const Graph& graph, const Node& node, const std::string& label) {
  const auto operand = [&](ValueId id) {
    const Value& value = graph.value(id);
    EndOperators::Operand result;
    result.tensor = {value.dtype, om::input_format_number(value.dims, label), value.dims, nullptr};
    if (value.constant) result.tensor.address = value.constant->buffer.data();
    const auto input = std::find(graph.inputs.begin(), graph.inputs.end(), id);
    if (input != graph.inputs.end()) result.input = static_cast<int>(input - graph.inputs.begin());
    const auto output = std::find(graph.outputs.begin(), graph.outputs.end(), id);
    if (output != graph.outputs.end()) {
      result.output = static_cast<int>(output - graph.outputs.begin());
    }
    return result;
  };
  EndOperators::Operator result;
  result.name = node.name;
  for (const ValueId id : node.inputs) {
    if (id != kNoValue) result.inputs.push_back(operand(id));
  }
  for (const ValueId id : node.outputs) result.outputs.push_back(operand(id));
  return result;
}

const void* address_in(const std::array<const void*, kPorts>& ports, int index) {
  return index >= 0 && static_cast<size_t>(index) < kPorts ? ports[static_cast<size_t>(index)]
                                                           : nullptr;
}

std::vector<OpTensor> with_addresses(const std::vector<EndOperators::Operand>& operands,
                                     const Noted& noted) {
  std::vector<OpTensor> tensors;
  for (const EndOperators::Operand& operand : operands) {
    OpTensor tensor = operand.tensor;
    if (operand.output >= 0) tensor.address = address_in(noted.outputs, operand.output);
    if (operand.input >= 0) tensor.address = address_in(noted.inputs, operand.input);
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Status not_found(const RunTask& task, std::string_view why) {
  return Status(ACL_ERROR_GE_FAILURE, fmt::format("task {} of stream {} on device {}: {}",
                                                  task.task, task.stream, task.device, why));
}

}  // namespace

EndOperators end_operators(const Graph& graph, const std::string& input_format) {
  if (graph.nodes().empty()) return {};
  return {describe(graph, graph.nodes().front(), input_format),
          describe(graph, graph.nodes().back(), input_format)};
}

TaskNote::TaskNote(LoadedModel& model, size_t gear, const RunTask& task,
                   std::span<const void* const> inputs, std::span<void* const> outputs)
    : task_(task) {
  if (task.task == 0) return;
  Notes& all = notes();
  std::lock_guard lock(all.mutex);
  const size_t index = all.next++ % kKept;
  slot_ = index + 1;
  Noted& noted = all.all[index];
  noted.task = task;
  noted.model = model.weak_from_this();
  noted.gear = gear;
  noted.done = false;
  noted.inputs.fill(nullptr);
  noted.outputs.fill(nullptr);
  std::copy_n(inputs.begin(), std::min(inputs.size(), kPorts), noted.inputs.begin());
  std::copy_n(outputs.begin(), std::min(outputs.size(), kPorts), noted.outputs.begin());
}

void TaskNote::done() {
  if (slot_ == 0) return;
  Notes& all = notes();
  std::lock_guard lock(all.mutex);
  Noted& noted = all.all[slot_ - 1];
  if (same(noted.task, task_)) noted.done = true;
}

Result<OpInfo> find_operator(const RunTask& task) {
  Noted noted;
  {
    Notes& all = notes();
    std::lock_guard lock(all.mutex);
    const auto it = std::find_if(all.all.begin(), all.all.end(), [&](const Noted& each) {
      return each.task.task != 0 && same(each.task, task);
    });
    if (it == all.all.end()) {
      return not_found(task, fmt::format("it runs no model, or lies before the last {}", kKept));
    }
    noted = *it;
  }
  const auto model = noted.model.lock();
  if (model == nullptr) return not_found(task, "its model was unloaded");
  if (model->description()->dynamic) {
    return not_found(task,
                     "operators of a model whose shapes are known at run time only cannot be "
                     "looked up");
  }
  const EndOperators* ends = model->end_operators(noted.gear);
  if (ends == nullptr) {
    return not_found(task, "its model was loaded without its graph (ACL_MDL_WITHOUT_GRAPH_INT32)");
  }
  const EndOperators::Operator& found = noted.done ? ends->last : ends->first;
  return OpInfo{found.name, with_addresses(found.inputs, noted),
                with_addresses(found.outputs, noted)};
}

}  // namespace poacl::model
