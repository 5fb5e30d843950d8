#include "graph/shape_inference.h"

#include <algorithm>
#include <optional>

#include "graph/bodies.h"
#include "graph/constant_folding.h"
#include "graph/graph_error.h"
#include "graph/op_def.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

std::string label(const Node& node) {
  return fmt::format("node '{}' ({})", node.name, node.type);
}

size_t required_inputs(const OpDef& def) {
  size_t count = 0;
  for (size_t i = 0; i < def.inputs.size(); ++i) {
    const PortKind kind = def.inputs[i].kind;
    if (kind != PortKind::kOptional && kind != PortKind::kAnyNumber) count = i + 1;
  }
  return count;
}

bool is_variadic(const std::vector<PortDef>& ports) {
  return !ports.empty() &&
         (ports.back().kind == PortKind::kVariadic || ports.back().kind == PortKind::kAnyNumber);
}

Status check_ports(const Graph& graph, const Node& node, const OpDef& def) {
  const size_t least = required_inputs(def);
  if (node.inputs.size() < least ||
      (node.inputs.size() > def.inputs.size() && !is_variadic(def.inputs))) {
    return graph_error("takes {}{} inputs, but {} are given",
                       is_variadic(def.inputs)      ? "at least "
                       : least != def.inputs.size() ? fmt::format("{} to ", least)
                                                    : "",
                       is_variadic(def.inputs) ? least : def.inputs.size(), node.inputs.size());
  }
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const PortDef& port = def.inputs[std::min(i, def.inputs.size() - 1)];
    const ValueId id = node.inputs[i];
    if (id == kNoValue) {
      if (port.kind == PortKind::kOptional) continue;
      return graph_error("required input {} '{}' is absent", i, port.name);
    }
    if (id < 0 || static_cast<size_t>(id) >= graph.value_count()) {
      return graph_error("input {} '{}' refers to value {}, but the graph has {} values", i,
                         port.name, id, graph.value_count());
    }
    if (graph.value(id).dtype == DataType::kUndefined) {
      return graph_error("input {} '{}' (value '{}') is read before anything produces it", i,
                         port.name, graph.value(id).name);
    }
  }
  if (node.outputs.empty() ||
      (node.outputs.size() > def.outputs.size() && !is_variadic(def.outputs))) {
    return graph_error("has {} outputs, but the operator makes {}", node.outputs.size(),
                       def.outputs.size());
  }
  for (const ValueId id : node.outputs) {
    if (id < 0 || static_cast<size_t>(id) >= graph.value_count()) {
      return graph_error("an output refers to value {}, but the graph has {} values", id,
                         graph.value_count());
    }
  }
  return {};
}

bool is_empty_default(const AttrValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  const auto* ints = std::get_if<std::vector<int64_t>>(&value);
  const auto* floats = std::get_if<std::vector<float>>(&value);
  return (text && text->empty()) || (ints && ints->empty()) || (floats && floats->empty());
}

// Checks kinds and writes the defaults, so that kernels find every attribute. Empty strings and
// lists mean "absent" and are not written.
Status check_attrs(Node& node, const OpDef& def) {
  constexpr std::string_view kKinds[] = {"int",      "float",      "bool",        "string",
                                         "int list", "float list", "string list", "data type",
                                         "tensor",   "subgraph"};
  for (const AttrDef& attr : def.attrs) {
    const auto it = std::find_if(node.attrs.begin(), node.attrs.end(),
                                 [&](const auto& entry) { return entry.first == attr.name; });
    if (it == node.attrs.end()) {
      if (attr.required) return graph_error("required attribute '{}' is missing", attr.name);
      if (!is_empty_default(attr.default_value)) {
        node.attrs.set(std::string(attr.name), attr.default_value);
      }
      continue;
    }
    if (it->second.index() != attr.default_value.index()) {
      return graph_error("attribute '{}' is of kind {}, but must be of kind {}", attr.name,
                         kKinds[it->second.index()], kKinds[attr.default_value.index()]);
    }
  }
  return {};
}

Status check_constant(const Value& value) {
  const Tensor& tensor = *value.constant;
  const size_t size = data_type_size(tensor.dtype);
  const int64_t count = tensor.count();
  if (count < 0 || (size != 0 && tensor.buffer.size() / size < static_cast<size_t>(count))) {
    return graph_error("constant '{}' {}{} holds {} bytes, which is too few for its shape",
                       value.name, data_type_name(tensor.dtype), dims_to_string(tensor.dims),
                       tensor.buffer.size());
  }
  return {};
}

Status check_output(const InferContext::Out& out, size_t index) {
  if (out.dtype == DataType::kUndefined) {
    return Status(kGraphInternal, fmt::format("shape inference set no type for output {}", index));
  }
  if (!out.rank_known) return {};
  return check_dims(out.dims, fmt::format("output {}", index));
}

// Upper bounds of the outputs' unknown dimensions. Smaller inputs do not make larger outputs (an
// operator for which they can states its bound itself), so inference on the largest inputs tells.
void infer_bounds(const OpDef& def, const Node& node, InferContext& context) {
  const auto open = [](const auto& port) {
    return port.rank_known && element_count(port.dims) < 0 && !most_dims(port.dims, port.max_dims);
  };
  if (std::none_of(context.outputs.begin(), context.outputs.end(), open)) return;
  // Control flow takes other ways with other sizes, and states what it knows.
  if (!body_names(node).empty()) return;
  InferContext largest;
  largest.node_name = context.node_name;
  AttrMap attrs = node.attrs;
  largest.attrs = &attrs;
  largest.inputs = context.inputs;
  largest.outputs.resize(context.outputs.size());
  bool any = false;
  for (InferContext::In& in : largest.inputs) {
    if (in.dtype == DataType::kUndefined || !in.rank_known || element_count(in.dims) >= 0) continue;
    const auto most = most_dims(in.dims, in.max_dims);
    if (!most) return;
    in.dims = *most;
    in.max_dims.clear();
    any = true;
  }
  if (!any || !def.infer(largest).ok()) return;
  for (size_t i = 0; i < context.outputs.size(); ++i) {
    InferContext::Out& out = context.outputs[i];
    const InferContext::Out& most = largest.outputs[i];
    if (!out.rank_known || !most.rank_known || most.dims.size() != out.dims.size()) continue;
    out.max_dims.resize(out.dims.size(), -1);
    for (size_t d = 0; d < out.dims.size(); ++d) {
      if (out.dims[d] != -1 || out.max_dims[d] != -1) continue;
      const int64_t own = d < most.max_dims.size() ? most.max_dims[d] : -1;
      out.max_dims[d] = most.dims[d] != -1 ? most.dims[d] : own;
    }
  }
}

Status infer_checked(Graph& graph, Node& node, const OpDef& def) {
  POACL_RETURN_IF_ERROR(check_ports(graph, node, def));
  POACL_RETURN_IF_ERROR(check_attrs(node, def));
  InferContext context;
  context.node_name = node.name;
  context.attrs = &node.attrs;
  context.graph = &graph;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    InferContext::In in;
    if (node.inputs[i] != kNoValue) {
      const Value& value = graph.value(node.inputs[i]);
      in.dtype = value.dtype;
      in.rank_known = value.shape_known;
      in.dims = value.dims;
      in.max_dims = value.max_dims;
      if (value.is_constant()) {
        POACL_RETURN_IF_ERROR(check_constant(value));
        in.constant = &*value.constant;
      }
      if (in.rank_known) {
        POACL_RETURN_IF_ERROR(check_dims(in.dims, fmt::format("input {} ('{}')", i, value.name)));
      }
    }
    context.inputs.push_back(std::move(in));
  }
  context.outputs.resize(node.outputs.size());
  POACL_RETURN_IF_ERROR(def.infer(context));
  infer_bounds(def, node, context);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    InferContext::Out& out = context.outputs[i];
    POACL_RETURN_IF_ERROR(check_output(out, i));
    Value& value = graph.value(node.outputs[i]);
    value.dtype = out.dtype;
    value.shape_known = out.rank_known;
    value.dims = std::move(out.dims);
    value.max_dims = std::move(out.max_dims);
  }
  return fold_node(graph, node, def);
}

bool already_folded(const Graph& graph, const Node& node) {
  return !node.outputs.empty() &&
         std::all_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) {
           return id >= 0 && static_cast<size_t>(id) < graph.value_count() &&
                  graph.value(id).is_constant();
         });
}

}  // namespace

Status infer_node(Graph& graph, Node& node) {
  if (already_folded(graph, node)) return {};
  const OpDef* def = find_op(node.type);
  if (def == nullptr) {
    return graph_error("node '{}': there is no operator '{}'", node.name, node.type);
  }
  return infer_checked(graph, node, *def).with_context(label(node));
}

Status infer_shapes(Graph& graph) {
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.value(id);
    if (!value.shape_known) continue;
    POACL_RETURN_IF_ERROR(check_dims(value.dims, fmt::format("model input '{}'", value.name)));
  }
  // What a node produces is known only after its own inference, whatever an earlier pass left.
  for (const Node& node : graph.nodes()) {
    if (already_folded(graph, node)) continue;
    for (const ValueId id : node.outputs) {
      if (id < 0 || static_cast<size_t>(id) >= graph.value_count()) continue;
      graph.value(id).dtype = DataType::kUndefined;
    }
  }
  for (Node& node : graph.nodes()) POACL_RETURN_IF_ERROR(infer_node(graph, node));
  return {};
}

}  // namespace poacl
