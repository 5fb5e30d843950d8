#include "model/describe.h"

#include <fmt/format.h>

#include <unordered_set>

#include "acl/acl_mdl.h"
#include "model/describe_gears.h"
#include "om/om_format.h"

namespace poacl::model {
namespace {

using Port = Description::Port;

// The one "dimension" of a shape of unknown rank, as descriptions write it.
constexpr int64_t kUnknownRank = -2;

// Every name in use, so that a made-up one clashes with none.
std::unordered_set<std::string> all_names(const Description& description) {
  std::unordered_set<std::string> names;
  for (const Port& port : description.inputs) names.insert(port.name);
  for (const Port& port : description.outputs) names.insert(port.name);
  return names;
}

void set_dims_names(std::vector<Port>& ports, const char* direction, uint32_t id,
                    std::unordered_set<std::string>& names) {
  for (size_t i = 0; i < ports.size(); ++i) {
    Port& port = ports[i];
    port.dims_name = port.name;
    if (port.name.size() < ACL_MAX_TENSOR_NAME_LEN) continue;
    const std::string made = fmt::format("acl_modelId_{}_{}_{}", id, direction, i);
    port.dims_name = made;
    for (int n = 0; !names.insert(port.dims_name).second; ++n) {
      port.dims_name = fmt::format("{}_{}{}", made, static_cast<char>('a' + n / 26 % 26),
                                   static_cast<char>('a' + n % 26));
    }
  }
}

Port make_port(const Value& value, std::string name, int32_t format) {
  Port port;
  port.name = std::move(name);
  port.dtype = value.dtype;
  port.format = format;
  port.dims = value.shape_known ? value.dims : Dims{kUnknownRank};
  port.fixed = value.fully_known();
  if (const auto most = most_dims(value.dims, value.max_dims); most && value.shape_known) {
    port.bytes = storage_bytes(TensorDesc{value.dtype, *most});
  }
  return port;
}

}  // namespace

std::shared_ptr<Description> make_description(const OmModel& om, uint32_t id) {
  auto description = std::make_shared<Description>();
  description->model_id = id;
  description->name = om.info.model_name;
  description->info = om.info;
  description->weight_bytes = om.info.weight_size;
  const Graph& graph = om.graph;
  description->dynamic = needs_dynamic(graph);
  for (const ValueId input : graph.inputs) {
    const Value& value = graph.value(input);
    description->inputs.push_back(
        make_port(value, value.name, om::input_format_number(value.dims, om.info.input_format)));
  }
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    description->outputs.push_back(
        make_port(graph.value(graph.outputs[i]), graph.output_names[i], ACL_FORMAT_ND));
  }
  for (size_t i = 0; i < om.input_ranges.size(); ++i) {
    description->inputs[i].range = om.input_ranges[i];
  }
  describe_gears(om, *description);
  describe_aipp(om, *description);
  auto names = all_names(*description);
  set_dims_names(description->inputs, "input", id, names);
  set_dims_names(description->outputs, "output", id, names);
  for (const Node& node : graph.nodes()) {
    if (node.origins.empty()) continue;
    std::string text;
    for (const std::string& origin : node.origins) {
      text += fmt::format("[{}]{}", origin.size(), origin);
    }
    description->origins.emplace(node.name, std::move(text));
  }
  return description;
}

}  // namespace poacl::model
