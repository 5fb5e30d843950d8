// Shape arithmetic on dimensions that are known beside others that are not: Shape of [N, 3, 8, 8]
// is no constant, but its second number is.
#include "compile/passes.h"
#include "compile/rewrite.h"
#include "kernels/shape/slice_range.h"

namespace poacl {
namespace {

using Numbers = std::vector<int64_t>;

// What a value that Shape makes holds, -1 where a dimension is open; nullopt for other values.
std::optional<Numbers> shape_numbers(const Graph& graph, Rewriter& rewriter, ValueId value) {
  const Node* shape = rewriter.producer(value, "Shape");
  if (shape == nullptr || !graph.value(shape->inputs[0]).shape_known) return std::nullopt;
  const Dims& dims = graph.value(shape->inputs[0]).dims;
  const auto rank = static_cast<int64_t>(dims.size());
  const SliceRange range =
      slice_range(shape->attrs.get_int("start", 0), shape->attrs.get_int("end", rank), 1, rank);
  return Numbers(dims.begin() + range.begin, dims.begin() + range.begin + range.count);
}

std::optional<Numbers> constant_numbers(const Rewriter& rewriter, const Node& node, size_t input,
                                        int64_t fallback, size_t count) {
  if (input >= node.inputs.size() || node.inputs[input] == kNoValue) {
    return Numbers(count, fallback);
  }
  const Tensor* tensor = rewriter.constant(node, input);
  if (tensor == nullptr) return std::nullopt;
  if (tensor->dtype == DataType::kInt64) {
    const auto values = tensor->as<int64_t>();
    return Numbers(values.begin(), values.end());
  }
  if (tensor->dtype != DataType::kInt32) return std::nullopt;
  const auto values = tensor->as<int32_t>();
  return Numbers(values.begin(), values.end());
}

// The numbers that a GatherV2 or StridedSliceV2 picks out of `from`.
std::optional<Numbers> picked(const Rewriter& rewriter, const Node& node, const Numbers& from) {
  const auto extent = static_cast<int64_t>(from.size());
  const auto first = constant_numbers(rewriter, node, 1, 0, 1);
  if (!first) return std::nullopt;
  Numbers result;
  if (node.type == "GatherV2") {
    for (int64_t index : *first) {
      if (index < 0) index += extent;
      if (index < 0 || index >= extent) return std::nullopt;
      result.push_back(from[static_cast<size_t>(index)]);
    }
    return result;
  }
  const auto end = constant_numbers(rewriter, node, 2, 0, 1);
  const auto step = constant_numbers(rewriter, node, 4, 1, 1);
  // A list has one axis, so the axes need no look.
  if (!end || !step || first->size() != 1 || end->size() != 1 || step->size() != 1 ||
      (*step)[0] == 0) {
    return std::nullopt;
  }
  const SliceRange range = slice_range((*first)[0], (*end)[0], (*step)[0], extent);
  for (int64_t i = 0; i < range.count; ++i) {
    result.push_back(from[static_cast<size_t>(range.begin + i * range.step)]);
  }
  return result;
}

}  // namespace

Status fold_dims(Graph& graph) {
  Rewriter rewriter(graph);
  for (Node& node : graph.nodes()) {
    if (node.type != "GatherV2" && node.type != "StridedSliceV2") continue;
    if (node.outputs.size() != 1 || rewriter.is_graph_output(node.outputs[0])) continue;
    const auto from = shape_numbers(graph, rewriter, node.inputs[0]);
    if (!from) continue;
    const auto numbers = picked(rewriter, node, *from);
    Value& output = graph.value(node.outputs[0]);
    if (!numbers || std::count(numbers->begin(), numbers->end(), -1) != 0 ||
        !output.fully_known() || output.dtype != DataType::kInt64 ||
        element_count(output.dims) != static_cast<int64_t>(numbers->size())) {
      continue;
    }
    output.constant = Tensor::from<int64_t>(DataType::kInt64, output.dims, *numbers);
    output.producer = kNoNode;
    rewriter.kill(node);
  }
  return rewriter.finish();
}

}  // namespace poacl
