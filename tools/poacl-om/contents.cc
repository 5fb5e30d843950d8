#include "contents.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/cpu_count.h"
#include "base/isa.h"
#include "base/mapped_file.h"
#include "compile/compile.h"
#include "dynamic/dynamic_program.h"
#include "message_facts.h"
#include "model/loaded_model.h"
#include "om/attr_compression.h"
#include "om/message_parser.h"
#include "om/om_attrs.h"
#include "om/om_codes.h"
#include "om/om_container.h"
#include "om/om_model.h"
#include "om/om_producer.h"

namespace poacl::show {
namespace {

constexpr const char* kRunTimeShapes =
    "shapes or operands are known at run time only; steps are planned then, for each shape";

std::string partition_name(uint32_t type, bool genuine) {
  constexpr std::pair<uint32_t, const char*> kNames[] = {
      {0, "graph"},        {1, "weights"},        {2, "task list"},
      {3, "chip kernels"}, {4, "AI CPU kernels"}, {5, "shared objects"},
      {6, "flow model"},   {7, "submodel"},       {8, "inputs and outputs"},
      {9, "static tasks"}, {10, "dynamic tasks"}, {11, "task parameters"},
      {12, "tiling data"}};
  if (type == 2 && !genuine) return "packed weights";
  for (const auto& [number, name] : kNames) {
    if (number == type) return name;
  }
  return "unknown";
}

std::string place_text(const OperandRef& place) {
  switch (place.kind) {
    case OperandRef::Kind::kArena:
      return fmt::format("arena+{}", place.offset);
    case OperandRef::Kind::kConstant:
      return fmt::format("constant {}", place.index);
    case OperandRef::Kind::kInput:
      return fmt::format("input {}", place.index);
    case OperandRef::Kind::kOutput:
      return place.offset == 0 ? fmt::format("output {}", place.index)
                               : fmt::format("output {}+{}", place.index, place.offset);
    default:
      return "absent";
  }
}

StepFacts step_facts(const Program& program, const Step& step) {
  StepFacts facts{step.kernel->name, step.type, step.node, step.description, {}, 0};
  for (const OperandRef& result : step.outputs) facts.results.push_back(place_text(result));
  for (const OperandRef& operand : step.inputs) {
    if (operand.kind == OperandRef::Kind::kConstant) {
      facts.weight_bytes += program.constants[operand.index].size();
    }
  }
  return facts;
}

ProgramFacts program_facts(const Graph& graph, const LowerOptions& options, std::string gear) {
  ProgramFacts facts;
  facts.gear = std::move(gear);
  if (needs_dynamic(graph)) {
    facts.why_not = kRunTimeShapes;
    return facts;
  }
  const Result<LowerResult> lowered = lower(graph, options);
  if (!lowered.ok()) {
    facts.why_not = std::string(lowered.status().message());
    return facts;
  }
  const Program& program = *lowered->program;
  each_part(program, [&](const Program& part) {
    for (const Step& step : part.steps) facts.steps.push_back(step_facts(part, step));
    facts.arena_bytes += part.arena_bytes;
    facts.scratch_bytes = std::max(facts.scratch_bytes, part.scratch_bytes);
    if (part.images == 1) return;
    facts.images = part.images;
    facts.image_steps = part.steps.size();
  });
  facts.weight_bytes = program.weight_bytes;
  return facts;
}

Status add_programs(std::shared_ptr<const MappedFile> file, Contents& contents) {
  const void* data = file->data();
  const size_t size = file->size();
  POACL_ASSIGN_OR_RETURN(OmModel model, read_om(std::move(file), data, size, contents.path));
  POACL_RETURN_IF_ERROR(model::check_graph(model));
  std::map<std::string, ConstBuffer> packed;
  for (const OmPacked& item : model.packed) packed.emplace(item.key, item.bytes);
  LowerOptions options;
  options.isa = active_isa();
  options.workers = usable_cores();
  options.find_packed = [&](const std::string& key) {
    const auto it = packed.find(key);
    return it == packed.end() ? ConstBuffer() : it->second;
  };
  if (model.gears.empty()) {
    contents.programs.push_back(program_facts(model.graph, options, ""));
    return {};
  }
  for (size_t i = 0; i < model.gears.count(); ++i) {
    contents.programs.push_back(
        program_facts(model.gears.graphs[i], options, gear_label(model.gears, i)));
  }
  return {};
}

}  // namespace

Result<Contents> read_contents(const std::string& path) {
  POACL_ASSIGN_OR_RETURN(auto file, MappedFile::open(path));
  const auto* data = static_cast<const std::byte*>(file->data());
  POACL_ASSIGN_OR_RETURN(const om::Container container,
                         om::parse_container(data, file->size(), path));
  Contents contents;
  contents.path = path;
  contents.file_bytes = file->size();
  contents.platform_version = printable(container.platform_version);
  contents.model_count = container.model_num;
  const om::Partition* graph = container.find(om::kModelDef);
  if (graph == nullptr) {
    return Status(om::kParamInvalid, fmt::format("{}: it holds no graph (partition type 0)", path));
  }
  om::ParsedModel parsed;
  POACL_RETURN_IF_ERROR(parsed.parse(graph->data, graph->size, path));
  om::undo_attr_compression(parsed.model());
  contents.genuine = om::attr_string(parsed.model().attr(), om::kProducerAttr) != om::kProducer;
  for (const om::Partition& partition : container.partitions) {
    contents.partitions.push_back(
        {partition.type, partition_name(partition.type, contents.genuine), partition.size});
  }
  add_message_facts(parsed.model(), contents);
  if (!contents.genuine) POACL_RETURN_IF_ERROR(add_programs(std::move(file), contents));
  return contents;
}

}  // namespace poacl::show
