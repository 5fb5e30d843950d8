#include "graph/bodies.h"

#include <utility>

#include "graph/graph_error.h"
#include "graph/shape_inference.h"

namespace poacl {
namespace {

// Depth of the body being inferred on this thread.
thread_local int body_depth = 0;

struct DeeperBody {
  DeeperBody() { ++body_depth; }
  ~DeeperBody() { --body_depth; }
};

}  // namespace

const Graph* body_of(const AttrMap& attrs, std::string_view name) {
  const GraphPtr* body = attrs.find<GraphPtr>(name);
  return body == nullptr ? nullptr : body->get();
}

std::vector<std::string> body_names(const Node& node) {
  std::vector<std::string> names;
  for (const auto& [name, value] : node.attrs) {
    const auto* body = std::get_if<GraphPtr>(&value);
    if (body != nullptr && *body != nullptr) names.push_back(name);
  }
  return names;
}

Status rewrite_bodies(Graph& graph, const std::function<Status(Graph&)>& rewrite) {
  for (Node& node : graph.nodes()) {
    for (const std::string& name : body_names(node)) {
      auto changed = std::make_shared<Graph>(*body_of(node, name));
      const Status status = rewrite(*changed);
      if (!status.ok()) {
        return status.with_context(fmt::format("{} of node '{}' ({})", name, node.name, node.type));
      }
      node.attrs.set(name, GraphPtr(std::move(changed)));
    }
  }
  return {};
}

TypeOfValue join_types(const TypeOfValue& a, const TypeOfValue& b) {
  if (!a.rank_known || !b.rank_known || a.dims.size() != b.dims.size()) return {a.dtype, false, {}};
  TypeOfValue both = a;
  for (size_t i = 0; i < both.dims.size(); ++i) {
    if (both.dims[i] != b.dims[i]) both.dims[i] = -1;
  }
  return both;
}

Result<std::shared_ptr<Graph>> infer_body(const Graph& body, std::span<const TypeOfValue> types,
                                          Graph* owner) {
  if (body_depth >= kMostBodyDepth) {
    return graph_error("its body is nested more than {} deep", kMostBodyDepth);
  }
  if (body.inputs.size() != types.size()) {
    return graph_error("its body '{}' takes {} inputs, but {} are passed", body.name,
                       body.inputs.size(), types.size());
  }
  const DeeperBody deeper;
  auto copy = std::make_shared<Graph>(body);
  for (size_t i = 0; i < types.size(); ++i) {
    Value& input = copy->value(copy->inputs[i]);
    if (input.dtype != types[i].dtype) {
      return graph_error("input {} ('{}') of its body is {}, but {} is passed", i, input.name,
                         data_type_name(input.dtype), data_type_name(types[i].dtype));
    }
    if (input.shape_known && types[i].rank_known && input.dims != types[i].dims) {
      input.max_dims.clear();
    }
    input.shape_known = types[i].rank_known;
    input.dims = types[i].dims;
  }
  if (owner != nullptr) {
    copy->folded_bytes = owner->folded_bytes;
    copy->folded_work = owner->folded_work;
  }
  const Status status = infer_shapes(*copy);
  if (owner != nullptr) {
    owner->folded_bytes = copy->folded_bytes;
    owner->folded_work = copy->folded_work;
  }
  if (!status.ok()) return status.with_context(fmt::format("in its body '{}'", body.name));
  for (const ValueId id : copy->outputs) {
    if (copy->value(id).dtype != DataType::kUndefined) continue;
    return graph_error("nothing computes the output '{}' of its body '{}'", copy->value(id).name,
                       body.name);
  }
  return copy;
}

Result<RepeatedBody> infer_repeated(const Graph& body, std::vector<TypeOfValue> types,
                                    size_t first_input, size_t first_output, size_t carried,
                                    Graph* owner) {
  if (types.size() < first_input + carried || body.outputs.size() < first_output + carried) {
    return graph_error("its body '{}' has {} inputs and {} outputs, too few for {} carried values",
                       body.name, body.inputs.size(), body.outputs.size(), carried);
  }
  // Each try may infer the bodies inside as often again, so deeper ones get fewer.
  const int tries = body_depth == 0 ? 2 : 1;
  for (int attempt = 0;; ++attempt) {
    POACL_ASSIGN_OR_RETURN(auto inferred, infer_body(body, types, owner));
    bool stable = true;
    for (size_t i = 0; i < carried; ++i) {
      TypeOfValue& in = types[first_input + i];
      const Value& made = inferred->value(inferred->outputs[first_output + i]);
      if (made.dtype != in.dtype) {
        return graph_error("carried value {} goes into its body '{}' as {} and comes out as {}", i,
                           body.name, data_type_name(in.dtype), data_type_name(made.dtype));
      }
      TypeOfValue both = join_types(in, TypeOfValue::of(made));
      if (both == in) continue;
      stable = false;
      if (attempt >= tries) both = {in.dtype, false, {}};
      in = std::move(both);
    }
    if (stable) {
      const auto first = types.begin() + static_cast<ptrdiff_t>(first_input);
      return RepeatedBody{std::move(inferred), {first, first + static_cast<ptrdiff_t>(carried)}};
    }
    if (attempt <= tries) continue;
    // Whatever is still moving drags others along one by one: settle it.
    for (size_t i = 0; i < carried; ++i) {
      types[first_input + i] = {types[first_input + i].dtype, false, {}};
    }
  }
}

Result<std::vector<ValueId>> inline_body(Graph& graph, const Graph& body,
                                         std::span<const ValueId> arguments) {
  if (arguments.size() != body.inputs.size()) {
    return Status(kGraphInternal, fmt::format("graph '{}' takes {} inputs, but {} are passed",
                                              body.name, body.inputs.size(), arguments.size()));
  }
  std::vector<ValueId> here(body.value_count(), kNoValue);
  for (size_t i = 0; i < arguments.size(); ++i) {
    here[static_cast<size_t>(body.inputs[i])] = arguments[i];
  }
  const auto place = [&](ValueId id) {
    if (id == kNoValue) return kNoValue;
    ValueId& slot = here[static_cast<size_t>(id)];
    const Value& value = body.value(id);
    if (slot == kNoValue && value.is_constant()) {
      slot = graph.add_constant(value.name, *value.constant);
    }
    return slot;
  };
  for (const Node& node : body.nodes()) {
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) {
      inputs.push_back(place(id));
      if (id == kNoValue || inputs.back() != kNoValue) continue;
      return Status(kGraphInternal, fmt::format("graph '{}': node '{}' reads value '{}' before "
                                                "anything produces it",
                                                body.name, node.name, body.value(id).name));
    }
    std::vector<std::string> names;
    for (const ValueId id : node.outputs) names.push_back(body.value(id).name);
    const NodeId added =
        graph.add_node(node.name, node.type, std::move(inputs), std::move(names), node.attrs);
    graph.node(added).origins = node.origins;
    POACL_RETURN_IF_ERROR(infer_node(graph, graph.node(added)));
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      here[static_cast<size_t>(node.outputs[i])] = graph.node(added).outputs[i];
    }
  }
  std::vector<ValueId> outputs;
  for (const ValueId id : body.outputs) {
    outputs.push_back(place(id));
    if (outputs.back() == kNoValue) {
      return Status(kGraphInternal, fmt::format("graph '{}': nothing produces its output '{}'",
                                                body.name, body.value(id).name));
    }
  }
  return outputs;
}

}  // namespace poacl
