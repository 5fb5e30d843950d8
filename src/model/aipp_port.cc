#include "model/aipp_port.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "model/model.h"

namespace poacl::model {
namespace {

constexpr int64_t kStaticMode = 1;
constexpr size_t kNoInput = static_cast<size_t>(-1);

size_t input_index(const Graph& graph, ValueId id) {
  const auto it = std::find(graph.inputs.begin(), graph.inputs.end(), id);
  return it == graph.inputs.end() ? kNoInput : static_cast<size_t>(it - graph.inputs.begin());
}

// The node that reads the pictures of an input; null when none does.
const Node* aipp_of(const Graph& graph, size_t input) {
  for (const Node& node : graph.nodes()) {
    if (node.type == "Aipp" && node.inputs[0] == graph.inputs[input]) return &node;
  }
  return nullptr;
}

AippPort::Shape shape_of(const Graph& graph, const Node& node, bool channels_last) {
  AippPort::Shape shape;
  shape.result = graph.value(node.outputs[0]).dims;
  if (shape.result.size() != 4) return shape;
  aipp::BlockTarget& target = shape.target;
  target.batch = shape.result[0];
  target.channels = shape.result[channels_last ? 3 : 1];
  target.height = shape.result[channels_last ? 1 : 2];
  target.width = shape.result[channels_last ? 2 : 3];
  target.source_bytes = node.attrs.get_int("max_src_image_size");
  return shape;
}

// Of one input in every graph; nothing unless AIPP serves it in all of them.
std::optional<AippPort> find_port(const std::vector<const Graph*>& graphs, size_t input) {
  AippPort port;
  for (const Graph* graph : graphs) {
    const Node* node = aipp_of(*graph, input);
    if (node == nullptr) return std::nullopt;
    port.channels_last = node->attrs.get_string("data_format") == "NHWC";
    port.shapes.push_back(shape_of(*graph, *node, port.channels_last));
    const auto* type = node->attrs.find<DataType>("origin_dtype");
    port.origin_dtype = type == nullptr ? DataType::kFloat : *type;
    port.result_dtype = graph->value(node->outputs[0]).dtype;
    if (node->attrs.get_int("aipp_mode") == kStaticMode) {
      port.kind = AippKind::kStatic;
      if (!aipp::read_attrs(node->attrs, &port.picture).ok()) return std::nullopt;
      continue;
    }
    port.kind = AippKind::kDynamic;
    port.attached = node->inputs.size() > 1 ? input_index(*graph, node->inputs[1]) : kNoInput;
    if (port.attached == kNoInput) return std::nullopt;
    port.max_source_bytes = node->attrs.get_int("max_src_image_size");
    const int64_t bytes = element_count(graph->value(node->inputs[1]).dims);
    port.most_batch = (bytes - static_cast<int64_t>(aipp::block_bytes(0))) /
                      static_cast<int64_t>(sizeof(aipp::BlockRecord));
  }
  return port;
}

// What aclmdlGetInputDims tells of pictures.
Dims shown_dims(const AippPort& port, const Description::Port& stored) {
  if (port.kind == AippKind::kDynamic) {
    const int64_t batch = port.shapes[0].target.batch;
    const bool same = std::all_of(port.shapes.begin(), port.shapes.end(),
                                  [&](const auto& shape) { return shape.target.batch == batch; });
    return {same ? batch : -1, -1, -1, -1};
  }
  int64_t width = 0;
  int64_t height = 0;
  if (!aipp::find_size(port.picture.format, stored.dims, &width, &height).ok()) return stored.dims;
  return aipp::picture_dims(port.picture.format, stored.dims[0], width, height);
}

}  // namespace

void describe_aipp(const OmModel& om, Description& description) {
  std::vector<const Graph*> graphs;
  for (const Graph& graph : om.gears.graphs) graphs.push_back(&graph);
  if (om.gears.empty()) graphs = {&om.graph};
  for (size_t i = 0; i < graphs[0]->inputs.size(); ++i) {
    auto port = find_port(graphs, i);
    if (!port) continue;
    Description::Port& pictures = description.inputs[i];
    port->dims = shown_dims(*port, pictures);
    pictures.format = ACL_FORMAT_NHWC;
    if (port->kind == AippKind::kDynamic) {
      AippPort parameters;
      parameters.kind = AippKind::kParameters;
      parameters.attached = i;
      parameters.dims = description.inputs[port->attached].dims;
      parameters.format = ACL_FORMAT_ND;
      parameters.most_batch = port->most_batch;
      description.inputs[port->attached].aipp = std::make_shared<const AippPort>(parameters);
      description.has_dynamic_aipp = true;
    }
    pictures.aipp = std::make_shared<const AippPort>(*std::move(port));
  }
}

Dims stored_shape(const AippPort& port, const Dims& given) {
  const aipp::Format format = port.picture.format;
  const bool shown = given.size() == 4 && given[3] == aipp::channel_count(format) &&
                     aipp::stored_dims(format, 1, 2, 2)[3] != given[3];
  return shown ? aipp::stored_dims(format, given[0], given[2], given[1]) : given;
}

Status check_aipp(const Description& description, size_t gear,
                  std::span<const void* const> inputs) {
  if (!description.has_dynamic_aipp) return {};
  for (size_t i = 0; i < inputs.size(); ++i) {
    const AippPort* port = description.inputs[i].aipp.get();
    if (port == nullptr || port->kind != AippKind::kDynamic) continue;
    const Status status =
        aipp::check_block(inputs[port->attached], description.inputs[port->attached].bytes,
                          port->shapes[gear].target);
    if (status.ok()) continue;
    return status.with_context(fmt::format("dynamic AIPP of input {} ({}), parameters in input {}",
                                           i, description.inputs[i].name.substr(0, 128),
                                           port->attached));
  }
  return {};
}

}  // namespace poacl::model
