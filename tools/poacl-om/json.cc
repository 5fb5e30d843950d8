#include <nlohmann/json.hpp>

#include "contents.h"

namespace poacl::show {
namespace {

using Json = nlohmann::ordered_json;

Json ports_json(const std::vector<PortFacts>& ports) {
  Json list = Json::array();
  for (const PortFacts& port : ports) {
    list.push_back({{"name", port.name},
                    {"type", port.type},
                    {"dims", port.dims},
                    {"format", port.format},
                    {"range", port.range},
                    {"bytes", port.bytes}});
  }
  return list;
}

Json pairs_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

Json program_json(const ProgramFacts& program) {
  Json steps = Json::array();
  for (const StepFacts& step : program.steps) {
    steps.push_back({{"kernel", step.kernel},
                     {"type", step.type},
                     {"node", step.node},
                     {"shapes", step.shapes},
                     {"results", step.results},
                     {"weight_bytes", step.weight_bytes}});
  }
  return {{"gear", program.gear},
          {"why_not", program.why_not},
          {"arena_bytes", program.arena_bytes},
          {"scratch_bytes", program.scratch_bytes},
          {"weight_bytes", program.weight_bytes},
          {"images", program.images},
          {"image_steps", program.image_steps},
          {"steps", std::move(steps)}};
}

}  // namespace

std::string contents_json(const Contents& contents) {
  Json json = {{"path", contents.path},
               {"file_bytes", contents.file_bytes},
               {"model", contents.model},
               {"genuine", contents.genuine},
               {"platform_version", contents.platform_version},
               {"model_count", contents.model_count},
               {"attributes", pairs_json(contents.attributes)}};
  json["partitions"] = Json::array();
  for (const PartitionFacts& partition : contents.partitions) {
    json["partitions"].push_back(
        {{"type", partition.type}, {"name", partition.name}, {"bytes", partition.bytes}});
  }
  json["inputs"] = ports_json(contents.inputs);
  json["outputs"] = ports_json(contents.outputs);
  json["gears"] = {{"kind", contents.gear_kind}, {"values", contents.gears}};
  json["aipp"] = Json::array();
  for (const OpFacts& op : contents.aipp) {
    json["aipp"].push_back(
        {{"name", op.name}, {"type", op.type}, {"attributes", pairs_json(op.attrs)}});
  }
  json["operators"] = Json::object();
  for (const auto& [type, count] : contents.op_counts) json["operators"][type] = count;
  json["programs"] = Json::array();
  for (const ProgramFacts& program : contents.programs) {
    json["programs"].push_back(program_json(program));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace poacl::show
