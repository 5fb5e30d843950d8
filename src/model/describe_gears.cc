#include "model/describe_gears.h"

#include <algorithm>

#include "acl/acl_base.h"

namespace poacl::model {
namespace {

using Port = Description::Port;

void add_tensor(const Value& value, std::vector<Dims>* dims, std::vector<size_t>* bytes) {
  const std::optional<Dims> most = most_dims(value.dims, value.max_dims);
  dims->push_back(value.shape_known ? value.dims : Dims{-2});
  bytes->push_back(value.shape_known && most ? storage_bytes(TensorDesc{value.dtype, *most}) : 0);
}

Description::Gear gear_of(const OmGears& gears, size_t index) {
  const Graph& graph = gears.graphs[index];
  Description::Gear gear;
  gear.values = gears.values[index];
  for (const ValueId id : graph.inputs) {
    add_tensor(graph.value(id), &gear.inputs, &gear.input_bytes);
  }
  for (const ValueId id : graph.outputs) {
    add_tensor(graph.value(id), &gear.outputs, &gear.output_bytes);
  }
  return gear;
}

// Enough for every gear; 0 when that of one is unknown.
size_t most_output_bytes(const std::vector<Description::Gear>& gears, size_t output) {
  size_t most = 0;
  for (const Description::Gear& gear : gears) {
    const size_t own = gear.output_bytes[output];
    if (own == 0 && element_count(gear.outputs[output]) != 0) return 0;
    most = std::max(most, own);
  }
  return most;
}

}  // namespace

void describe_gears(const OmModel& om, Description& description) {
  const OmGears& gears = om.gears;
  if (gears.empty()) return;
  description.gear_kind = gears.kind;
  description.gear_order = gears.order;
  description.largest_gear = largest_gear(gears.values);
  for (size_t i = 0; i < gears.count(); ++i) {
    description.gears.push_back(gear_of(gears, i));
    description.dynamic = description.dynamic || needs_dynamic(gears.graphs[i]);
  }
  for (size_t i = 0; i < description.inputs.size(); ++i) {
    Port& port = description.inputs[i];
    port.dims = gears.input_dims[i];
    port.fixed = std::find(port.dims.begin(), port.dims.end(), -1) == port.dims.end();
    for (const auto& gear : description.gears) {
      port.bytes = std::max(port.bytes, gear.input_bytes[i]);
    }
  }
  for (size_t i = 0; i < description.outputs.size(); ++i) {
    description.outputs[i].bytes = most_output_bytes(description.gears, i);
  }
  Port chooser;
  chooser.name = std::string(kGearInput);
  chooser.dtype = DataType::kInt32;
  chooser.format = ACL_FORMAT_ND;
  chooser.dims = {static_cast<int64_t>(gears.values[0].size())};
  chooser.bytes = gears.values[0].size() * sizeof(int32_t);
  description.inputs.push_back(std::move(chooser));
}

}  // namespace poacl::model
