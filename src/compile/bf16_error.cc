#include "compile/bf16_error.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <unordered_map>

#include "base/half.h"
#include "base/isa.h"
#include "compile/compile.h"
#include "compile/kernel_choice.h"
#include "compile/set_precision.h"
#include "exec/program.h"

namespace poacl {
namespace {

float rounded(float value) {
  return bfloat16_to_float(float_to_bfloat16(value));
}

Tensor rounded_tensor(const Tensor& tensor) {
  void* memory = nullptr;
  Tensor copy{tensor.dtype, tensor.dims, ConstBuffer::allocate(tensor.buffer.size(), &memory)};
  float* out = static_cast<float*>(memory);
  for (const float value : tensor.as<float>()) *out++ = rounded(value);
  return copy;
}

struct Memory {
  explicit Memory(size_t bytes) : buffer(ConstBuffer::allocate(bytes, &data)) {}
  void* data = nullptr;
  ConstBuffer buffer;
};

// Runs beside the float execution: computes a chosen step again from rounded factors.
class Bf16Beside final : public StepObserver {
 public:
  Bf16Beside(const Graph& graph, std::span<const NodeId> nodes) : graph_(graph) {
    for (const NodeId id : nodes) chosen_.emplace(graph.node(id).name, id);
  }

  void before_step(const StepView& step) override {
    result_.reset();
    const auto found = chosen_.find(step.node);
    if (found == chosen_.end() || graph_.node(found->second).type != step.type) return;
    node_ = found->second;
    compute(step);
  }

  void after_step(const StepView& step) override {
    if (!result_) return;
    const TensorView& y = step.outputs[0];
    const size_t count = storage_bytes(y.desc) / sizeof(float);
    const auto* exact = static_cast<const float*>(y.data);
    const auto* other = static_cast<const float*>(result_->data);
    double squares = 0;
    double differences = 0;
    for (size_t i = 0; i < count; ++i) {
      const double d = static_cast<double>(other[i]) - exact[i];
      squares += static_cast<double>(exact[i]) * exact[i];
      differences += d * d;
    }
    if (!std::isfinite(squares) || squares == 0) return;
    const double error = std::sqrt(differences / squares);
    errors_.push_back({node_, std::isfinite(error) ? error : std::numeric_limits<double>::max()});
  }

  std::vector<Bf16Error> take() { return std::move(errors_); }

 private:
  void compute(const StepView& step) {
    const Node& node = graph_.node(node_);
    const std::span<const int> factors = bf16_factors(node.type);
    const auto is_factor = [&](size_t i) {
      return std::find(factors.begin(), factors.end(), static_cast<int>(i)) != factors.end();
    };
    std::vector<TensorDesc> descs(node.inputs.size());
    std::vector<Tensor> constants(node.inputs.size());
    std::vector<const Tensor*> constant_pointers(node.inputs.size(), nullptr);
    std::vector<const TensorView*> views(node.inputs.size(), nullptr);
    size_t next = 0;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == kNoValue) continue;
      if (next == step.inputs.size()) return;
      views[i] = &step.inputs[next++];
      descs[i] = views[i]->desc;
      const Value& value = graph_.value(node.inputs[i]);
      if (!value.is_constant()) continue;
      constants[i] = is_factor(i) ? rounded_tensor(*value.constant) : *value.constant;
      constant_pointers[i] = &constants[i];
      descs[i].layout = Layout::kPlain;
    }
    std::vector<TensorDesc> outputs = {step.outputs[0].desc};
    outputs[0].layout = Layout::kPlain;
    const OpInstance op{node.type, &node.attrs, descs, constant_pointers, outputs};
    const KernelChoice choice = choose_kernel(op, PlanContext{1}, active_isa(), {});
    // The same orders as those of the step, or the numbers do not stand where they are looked for.
    if (choice.kernel == nullptr || choice.plan.output_layouts[0] != step.outputs[0].desc.layout) {
      return;
    }
    std::vector<Memory> memory;
    std::vector<const void*> pointers(node.inputs.size(), nullptr);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (views[i] == nullptr) continue;
      if (choice.plan.input_layouts[i] != descs[i].layout) return;
      const bool is_constant = constant_pointers[i] != nullptr;
      pointers[i] = is_constant ? constants[i].buffer.data() : views[i]->data;
      if (is_constant || !is_factor(i)) continue;
      const size_t bytes = storage_bytes(descs[i]);
      Memory& copy = memory.emplace_back(bytes);
      const auto* from = static_cast<const float*>(views[i]->data);
      auto* to = static_cast<float*>(copy.data);
      for (size_t at = 0; at < bytes / sizeof(float); ++at) to[at] = rounded(from[at]);
      pointers[i] = copy.data;
    }
    for (const KernelPlan::Packed& packed : choice.plan.packed) {
      Memory& form = memory.emplace_back(packed.bytes);
      choice.kernel->pack(op, choice.plan, packed.input, form.data);
      pointers[static_cast<size_t>(packed.input)] = form.data;
    }
    Memory scratch(choice.plan.scratch_bytes);
    result_.emplace(storage_bytes(step.outputs[0].desc));
    void* y = result_->data;
    SerialFor serial;
    choice.kernel->run(KernelArgs{choice.plan.params.data(), pointers.data(), &y,
                                  static_cast<std::byte*>(scratch.data), &serial});
  }

  const Graph& graph_;
  std::unordered_map<std::string, NodeId> chosen_;
  NodeId node_ = kNoNode;
  std::optional<Memory> result_;
  std::vector<Bf16Error> errors_;
};

// Numbers that any network takes: of a picture's or an embedding's size, or small indices.
Memory made_up(const ModelPort& port, uint32_t seed) {
  Memory memory(port.bytes);
  std::mt19937 engine(seed);
  const auto count = static_cast<size_t>(std::max<int64_t>(0, element_count(port.dims)));
  if (port.dtype == DataType::kFloat) {
    std::normal_distribution<float> normal;
    std::generate_n(static_cast<float*>(memory.data), count, [&] { return normal(engine); });
  } else if (port.dtype == DataType::kFloat16 || port.dtype == DataType::kBfloat16) {
    std::normal_distribution<float> normal;
    const bool half = port.dtype == DataType::kFloat16;
    std::generate_n(static_cast<uint16_t*>(memory.data), count, [&] {
      return half ? float_to_half(normal(engine)) : float_to_bfloat16(normal(engine));
    });
  } else if (port.dtype == DataType::kInt64) {
    std::generate_n(static_cast<int64_t*>(memory.data), count, [&] { return engine() % 2; });
  } else if (port.dtype == DataType::kInt32) {
    std::generate_n(static_cast<int32_t*>(memory.data), count, [&] { return engine() % 2; });
  } else if (port.dtype == DataType::kBool) {
    std::memset(memory.data, 1, port.bytes);
  } else if (port.dtype == DataType::kUint8) {
    std::generate_n(static_cast<uint8_t*>(memory.data), count, [&] { return engine() % 256; });
  }
  return memory;
}

// The outputs of one execution.
std::vector<Memory> run_on_made_up(const Program& program, StepObserver* observer) {
  std::vector<Memory> inputs;
  std::vector<Memory> outputs;
  std::vector<const void*> input_pointers;
  std::vector<void*> output_pointers;
  for (const ModelPort& port : program.inputs) {
    inputs.push_back(made_up(port, static_cast<uint32_t>(inputs.size())));
    input_pointers.push_back(inputs.back().data);
  }
  for (const ModelPort& port : program.outputs) {
    output_pointers.push_back(outputs.emplace_back(port.bytes).data);
  }
  ExecState state(program);
  SerialFor serial;
  state.run(input_pointers, output_pointers, serial, observer);
  return outputs;
}

Graph unmarked(const Graph& graph) {
  Graph plain = graph;
  for (Node& node : plain.nodes()) node.attrs.erase(kComputeTypeAttr);
  return plain;
}

LowerOptions whole_options() {
  LowerOptions options;
  options.isa = active_isa();
  return options;
}

std::vector<std::vector<float>> float_results(const Program& program) {
  const std::vector<Memory> outputs = run_on_made_up(program, nullptr);
  std::vector<std::vector<float>> results(outputs.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (program.outputs[i].dtype != DataType::kFloat) continue;
    const auto* values = static_cast<const float*>(outputs[i].data);
    results[i].assign(values, values + program.outputs[i].bytes / sizeof(float));
  }
  return results;
}

}  // namespace

bool can_measure_bf16(const Graph& graph) {
  for (const ValueId id : graph.inputs) {
    if (graph.value(id).dtype == DataType::kString) return false;
  }
  for (const Node& node : graph.nodes()) {
    const bool block = node.type == "Aipp" && node.inputs.size() > 1 && node.inputs[1] != kNoValue;
    if (block) return false;
    for (const ValueId id : node.outputs) {
      if (!graph.value(id).fully_known()) return false;
    }
  }
  return true;
}

Result<std::vector<Bf16Error>> measure_bf16_errors(const Graph& graph,
                                                   std::span<const NodeId> nodes) {
  const Graph plain = unmarked(graph);
  LowerOptions options;
  options.isa = active_isa();
  options.traced = true;
  POACL_ASSIGN_OR_RETURN(const LowerResult lowered, lower(plain, options));
  Bf16Beside beside(plain, nodes);
  run_on_made_up(*lowered.program, &beside);
  return beside.take();
}

Result<WholeBf16> WholeBf16::make(const Graph& graph) {
  POACL_ASSIGN_OR_RETURN(const LowerResult lowered, lower(unmarked(graph), whole_options()));
  WholeBf16 whole;
  whole.results_ = float_results(*lowered.program);
  return whole;
}

Result<double> WholeBf16::cosine(const Graph& marked) const {
  POACL_ASSIGN_OR_RETURN(const LowerResult lowered, lower(marked, whole_options()));
  const std::vector<std::vector<float>> others = float_results(*lowered.program);
  double least = 1;
  for (size_t i = 0; i < results_.size(); ++i) {
    double dot = 0;
    double squares = 0;
    double other_squares = 0;
    for (size_t at = 0; at < results_[i].size(); ++at) {
      const double a = results_[i][at];
      const double b = others[i][at];
      dot += a * b;
      squares += a * a;
      other_squares += b * b;
    }
    if (!std::isfinite(squares) || squares == 0) continue;
    const double cosine = dot / std::sqrt(squares * other_squares);
    least = std::min(least, std::isfinite(cosine) ? cosine : 0.0);
  }
  return least;
}

}  // namespace poacl
