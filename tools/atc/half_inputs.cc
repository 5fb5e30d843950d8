#include "atc/half_inputs.h"

#include <algorithm>

#include "frontend/onnx/import_error.h"
#include "graph/shape_inference.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;

std::string input_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const ValueId id : graph.inputs) names.push_back(graph.value(id).name);
  return fmt::format("{}", fmt::join(names, "; "));
}

bool is_floating(DataType type) {
  return type == DataType::kFloat || type == DataType::kFloat16 || type == DataType::kBfloat16 ||
         type == DataType::kDouble;
}

Status make_half(Graph& graph, ValueId& input) {
  const Value own = graph.value(input);
  if (own.dtype == DataType::kFloat16) return {};
  if (!is_floating(own.dtype)) {
    return import_error("E10001",
                        "--input_fp16_nodes names the input \"{}\", whose type is {}; only "
                        "floating-point inputs can become float16",
                        own.name, data_type_name(own.dtype));
  }
  const ValueId half = graph.add_value(own.name, DataType::kFloat16);
  graph.value(half).dims = own.dims;
  graph.value(half).max_dims = own.max_dims;
  graph.value(half).shape_known = own.shape_known;
  AttrMap attrs;
  attrs.set("dst_type", own.dtype);
  const NodeId cast = graph.add_node(own.name + "_input_cast", "Cast", {half},
                                     {own.name + "_as_float"}, std::move(attrs));
  POACL_RETURN_IF_ERROR(infer_node(graph, graph.node(cast)));
  graph.replace_uses(input, graph.node(cast).outputs[0]);
  input = half;
  return {};
}

}  // namespace

Status apply_half_inputs(Graph& graph, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto input = std::find_if(graph.inputs.begin(), graph.inputs.end(),
                                    [&](ValueId id) { return graph.value(id).name == name; });
    if (input == graph.inputs.end()) {
      return import_error("E10016",
                          "the model has no input \"{}\", which --input_fp16_nodes names; its "
                          "inputs are: {}",
                          name, input_names(graph));
    }
    POACL_RETURN_IF_ERROR(make_half(graph, *input));
  }
  if (names.empty()) return {};
  // The casts were appended behind those that read what they make.
  POACL_RETURN_IF_ERROR(graph.compact());
  return infer_shapes(graph);
}

}  // namespace poacl::atc
