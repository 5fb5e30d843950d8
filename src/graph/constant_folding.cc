#include "graph/constant_folding.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>

#include "graph/eager_op.h"
#include "graph/graph_error.h"
#include "kernels/kernel.h"

namespace poacl {
namespace {

constexpr size_t kMaxResultBytes = size_t{256} << 20;
constexpr double kMaxWork = 1e9;  // multiply-adds, about a second of a reference kernel

void make_constant(Graph& graph, ValueId id, Tensor tensor) {
  Value& value = graph.value(id);
  graph.folded_bytes += tensor.buffer.size();
  value.constant = std::move(tensor);
  value.producer = kNoNode;
}

// Shape (with start and end) or Size of input 0, which need no data.
bool fold_shape_query(Graph& graph, const Node& node) {
  const Value& input = graph.value(node.inputs[0]);
  if (!input.fully_known()) return false;
  std::vector<int64_t> values;
  if (node.type == "Shape") {
    const int64_t rank = static_cast<int64_t>(input.dims.size());
    const auto clamp = [rank](int64_t i) {
      return std::clamp<int64_t>(i < 0 ? i + rank : i, 0, rank);
    };
    const int64_t start = clamp(node.attrs.get_int("start", 0));
    const int64_t end = node.attrs.has("end") ? clamp(node.attrs.get_int("end")) : rank;
    for (int64_t i = start; i < end; ++i) values.push_back(input.dims[static_cast<size_t>(i)]);
  } else {
    values.push_back(element_count(input.dims));
  }
  const Value& output = graph.value(node.outputs[0]);
  if (output.dtype != DataType::kInt64) return false;
  make_constant(graph, node.outputs[0],
                Tensor::from<int64_t>(DataType::kInt64, output.dims, values));
  return true;
}

double elements(const Graph& graph, ValueId id) {
  return static_cast<double>(std::max<int64_t>(1, element_count(graph.value(id).dims)));
}

// Operators whose results are made of windows or samples that a small input can ask for in masses;
// nothing for all others.
std::optional<double> image_work(const Graph& graph, const Node& node) {
  const double results = elements(graph, node.outputs[0]);
  constexpr std::string_view kConvolutions[] = {"Conv2D", "Conv3D", "Conv2DTransposeD",
                                                "Conv3DTransposeD", "DeformableConv2D"};
  if (std::find(std::begin(kConvolutions), std::end(kConvolutions), node.type) !=
      std::end(kConvolutions)) {
    const Dims& y = graph.value(node.outputs[0]).dims;
    return results * elements(graph, node.inputs[1]) /
           static_cast<double>(std::max<int64_t>(1, y[1]));
  }
  if (node.type == "Resize") {
    if (node.attrs.get_string("mode") == "nearest") return results;
    const double cells = elements(graph, node.inputs[0]);
    if (node.attrs.get_int("antialias") != 0) return results * cells;
    const auto rank = static_cast<int>(graph.value(node.inputs[0]).dims.size());
    return results * std::min(cells, std::ldexp(1.0, 2 * rank));
  }
  if (node.type == "GridSampler2D" || node.type == "GridSampler3D") return 64 * results;
  // The regions say how many samples are taken.
  if (node.type == "ROIAlign" || node.type == "ROIPooling") return 2 * kMaxWork;
  return std::nullopt;
}

double estimated_work(const Graph& graph, const Node& node) {
  if (const auto known = image_work(graph, node)) return *known;
  double work = 1;
  constexpr std::string_view kContractions[] = {
      "MatMulV2",  "BatchMatMulV2", "QuantBatchMatmul", "QuantConv2D",
      "CommonRNN", "CommonGRU",     "CommonLSTM",       "FusedInferAttentionScore"};
  const bool contraction = std::find(std::begin(kContractions), std::end(kContractions),
                                     node.type) != std::end(kContractions);
  const size_t factors = node.type == "Einsum" ? node.inputs.size() : contraction ? 2u : 1u;
  for (size_t i = 0; i < node.inputs.size() && i < factors; ++i) {
    if (node.inputs[i] == kNoValue) continue;
    work *=
        static_cast<double>(std::max<int64_t>(1, element_count(graph.value(node.inputs[i]).dims)));
  }
  const auto ksize = node.attrs.get_ints("ksize");
  for (const int64_t k : ksize) work *= static_cast<double>(std::max<int64_t>(1, k));
  if (node.type == "LRN") work *= 2.0 * static_cast<double>(node.attrs.get_int("depth_radius")) + 1;
  return work;
}

struct FreeDeleter {
  void operator()(void* p) const { std::free(p); }
};
using AlignedBytes = std::unique_ptr<void, FreeDeleter>;

AlignedBytes aligned_bytes(size_t size) {
  return AlignedBytes(std::aligned_alloc(64, (size + 64) / 64 * 64));
}

// Runs the reference kernel; false when it declines.
bool evaluate(Graph& graph, const Node& node) {
  const auto kernels = kernels_for(node.type);
  if (kernels.empty()) return false;
  const KernelImpl& kernel = *kernels.back();

  std::vector<TensorDesc> inputs;
  std::vector<const Tensor*> constants;
  std::vector<const void*> input_pointers;
  for (const ValueId id : node.inputs) {
    if (id == kNoValue) {
      inputs.emplace_back();
      constants.push_back(nullptr);
      input_pointers.push_back(nullptr);
      continue;
    }
    const Tensor& tensor = *graph.value(id).constant;
    inputs.push_back(TensorDesc{tensor.dtype, tensor.dims, Layout::kPlain});
    constants.push_back(&tensor);
    input_pointers.push_back(tensor.buffer.data());
  }
  std::vector<TensorDesc> outputs;
  for (const ValueId id : node.outputs) {
    const Value& value = graph.value(id);
    outputs.push_back(TensorDesc{value.dtype, value.dims, Layout::kPlain});
  }
  const OpInstance op{node.type, &node.attrs, inputs, constants, outputs};
  KernelPlan plan;
  if (!kernel.plan(op, PlanContext{1}, &plan).ok()) return false;
  const auto not_plain = [](Layout layout) { return layout != Layout::kPlain; };
  if (std::any_of(plan.input_layouts.begin(), plan.input_layouts.end(), not_plain) ||
      std::any_of(plan.output_layouts.begin(), plan.output_layouts.end(), not_plain)) {
    return false;
  }
  std::vector<ConstBuffer> packed;
  for (const KernelPlan::Packed& form : plan.packed) {
    void* writable = nullptr;
    packed.push_back(ConstBuffer::allocate(form.bytes, &writable));
    kernel.pack(op, plan, form.input, writable);
    input_pointers[static_cast<size_t>(form.input)] = writable;
  }
  std::vector<Tensor> results;
  std::vector<void*> output_pointers;
  for (const TensorDesc& desc : outputs) {
    void* writable = nullptr;
    results.push_back(
        Tensor{desc.dtype, desc.dims, ConstBuffer::allocate(storage_bytes(desc), &writable)});
    output_pointers.push_back(writable);
  }
  const AlignedBytes scratch = aligned_bytes(plan.scratch_bytes);
  if (scratch == nullptr) return false;
  SerialFor serial;
  kernel.run(KernelArgs{plan.params.data(), input_pointers.data(), output_pointers.data(),
                        static_cast<std::byte*>(scratch.get()), &serial});
  for (size_t i = 0; i < results.size(); ++i) {
    make_constant(graph, node.outputs[i], std::move(results[i]));
  }
  return true;
}

// What an eager operator may use while it is folded: results within the limits, no sub-graphs.
class FoldContext final : public EagerContext {
 public:
  explicit FoldContext(size_t limit) : left_(limit) {}
  ParallelFor& parallel() override { return serial_; }
  Result<Tensor> allocate(DataType dtype, Dims dims, void** writable) override {
    const size_t bytes = storage_bytes(TensorDesc{dtype, dims});
    if (element_count(dims) < 0 || bytes > left_) {
      return graph_error("a result of {} bytes is too large to be folded", bytes);
    }
    left_ -= bytes;
    return Tensor{dtype, std::move(dims), ConstBuffer::allocate(bytes, writable)};
  }
  Status run_body(const Graph&, std::span<const Tensor>, std::vector<Tensor>*) override {
    return graph_error("sub-graphs are not folded");
  }

 private:
  SerialFor serial_;
  size_t left_;
};

bool has_body(const Node& node) {
  return std::any_of(node.attrs.begin(), node.attrs.end(), [](const auto& attr) {
    return std::holds_alternative<std::shared_ptr<const Graph>>(attr.second);
  });
}

// Whatever goes wrong is told at run time, if the node is reached.
void fold_eager(Graph& graph, const Node& node, const EagerOp& op) {
  if (has_body(node)) return;
  std::vector<const Tensor*> inputs;
  double work = 1;
  for (const ValueId id : node.inputs) {
    inputs.push_back(id == kNoValue ? nullptr : &*graph.value(id).constant);
    if (id != kNoValue) work += static_cast<double>(inputs.back()->count());
  }
  if (work > kMaxWork / 100 || graph.folded_work + work > kMaxFoldedWork) return;
  graph.folded_work += work;
  std::vector<Tensor> outputs(node.outputs.size());
  FoldContext context(
      std::min(kMaxResultBytes, kMaxFoldedBytes - std::min(graph.folded_bytes, kMaxFoldedBytes)));
  if (!op.run(node, inputs, &outputs, context).ok()) return;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].dtype != graph.value(node.outputs[i]).dtype) return;
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    Value& value = graph.value(node.outputs[i]);
    value.shape_known = true;
    value.dims = outputs[i].dims;
    value.max_dims.clear();
    make_constant(graph, node.outputs[i], std::move(outputs[i]));
  }
}

// Quantised weights: left as they are until fold_quantised().
bool waits(const Graph& graph, const Node& node) {
  if (node.type != "DequantizeLinear" || node.inputs.empty() || node.inputs[0] == kNoValue) {
    return false;
  }
  const auto& integers = graph.value(node.inputs[0]).constant;
  return integers && integers->count() > 1;
}

Status fold_now(Graph& graph, Node& node, const OpDef& def) {
  if (node.type == "Shape" || node.type == "Size") {
    fold_shape_query(graph, node);
    return {};
  }
  if (def.random) return {};
  for (const ValueId id : node.inputs) {
    if (id != kNoValue && !graph.value(id).is_constant()) return {};
  }
  if (const EagerOp* eager = find_eager_op(node.type)) {
    fold_eager(graph, node, *eager);
    return {};
  }
  size_t bytes = 0;
  for (const ValueId id : node.outputs) {
    const Value& value = graph.value(id);
    if (!value.fully_known() || data_type_size(value.dtype) == 0) return {};
    bytes += static_cast<size_t>(element_count(value.dims)) * data_type_size(value.dtype);
  }
  if (def.view) {
    // The bytes are shared, not copied: no limit applies.
    Tensor tensor = *graph.value(node.inputs[0]).constant;
    const Value& output = graph.value(node.outputs[0]);
    if (tensor.dtype != output.dtype || tensor.count() != element_count(output.dims)) return {};
    tensor.dims = output.dims;
    Value& value = graph.value(node.outputs[0]);
    value.constant = std::move(tensor);
    value.producer = kNoNode;
    return {};
  }
  if (bytes > kMaxResultBytes || graph.folded_bytes + bytes > kMaxFoldedBytes) return {};
  const double work = estimated_work(graph, node);
  if (work > kMaxWork || graph.folded_work + work > kMaxFoldedWork) return {};
  graph.folded_work += work;
  evaluate(graph, node);
  return {};
}

}  // namespace

Status fold_node(Graph& graph, Node& node, const OpDef& def) {
  return waits(graph, node) ? Status() : fold_now(graph, node, def);
}

Status fold_quantised(Graph& graph) {
  for (Node& node : graph.nodes()) {
    if (!waits(graph, node) || graph.value(node.outputs[0]).is_constant()) continue;
    const OpDef* def = find_op(node.type);
    if (def != nullptr) POACL_RETURN_IF_ERROR(fold_now(graph, node, *def));
  }
  return {};
}

}  // namespace poacl
