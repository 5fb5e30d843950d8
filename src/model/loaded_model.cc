#include "model/loaded_model.h"

#include <algorithm>
#include <new>
#include <unordered_map>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/isa.h"
#include "compile/packed_share.h"
#include "graph/shape_inference.h"
#include "model/describe.h"
#include "model/dump/dump_control.h"
#include "model/weight_block.h"

namespace poacl::model {
namespace {

constexpr uintptr_t kAlign = 64;

Status invalid(std::string sentence) {
  return Status(ACL_ERROR_GE_PARAM_INVALID, std::move(sentence));
}

// Whatever goes wrong with the graph of a file, the file is what is wrong.
Status as_file_error(const Status& status, const OmModel& om) {
  if (status.code() == ACL_ERROR_GE_PARAM_INVALID) return status;
  return invalid(fmt::format("model {} cannot be planned: {}; convert it again with this atc",
                             om.info.model_name, status.message()));
}

struct Shape {
  DataType dtype;
  Dims dims;
};

// Kernels trust the shapes they were planned with, so a file may not make them up.
Status check_stated(Graph& graph) {
  std::unordered_map<ValueId, Shape> stated;
  for (const Node& node : graph.nodes()) {
    for (const ValueId id : node.outputs) {
      const Value& value = graph.value(id);
      stated.emplace(id, Shape{value.dtype, value.dims});
    }
  }
  POACL_RETURN_IF_ERROR(infer_shapes(graph));
  for (const auto& [id, shape] : stated) {
    const Value& value = graph.value(id);
    if (value.dtype == shape.dtype && value.dims == shape.dims) continue;
    return invalid(fmt::format("the file states tensor {} as {} {} but its operator makes {} {}",
                               value.name, data_type_name(shape.dtype), dims_to_string(shape.dims),
                               data_type_name(value.dtype), dims_to_string(value.dims)));
  }
  return graph.compact();
}

// The 64-byte aligned part of memory of the caller; null when none was given.
Result<void*> aligned_block(void* block, size_t size, size_t needed, const char* what) {
  if (block == nullptr) return static_cast<void*>(nullptr);
  const auto begin = reinterpret_cast<uintptr_t>(block);
  const uintptr_t aligned = (begin + kAlign - 1) / kAlign * kAlign;
  if (size < aligned - begin || size - (aligned - begin) < needed) {
    return invalid(
        fmt::format("the {} memory of {} bytes is too small: the model needs {} bytes "
                    "from a 64-byte boundary (aclmdlQuerySize tells the size)",
                    what, size, needed));
  }
  return reinterpret_cast<void*>(aligned);
}

// Moves the weights to memory of the caller, if there is some.
Status place_weights(const std::vector<ConstBuffer*>& weights, const LoadOptions& options) {
  if (options.weight == nullptr) return {};
  POACL_ASSIGN_OR_RETURN(void* block, aligned_block(options.weight, options.weight_size,
                                                    weight_block_bytes(weights), "weight"));
  move_weights(weights, block);
  return {};
}

}  // namespace

namespace {

// Looks packed constants up in what the file has.
std::function<ConstBuffer(const std::string&)> finder(const OmModel& om) {
  auto packed = std::make_shared<std::unordered_map<std::string, ConstBuffer>>();
  for (const OmPacked& item : om.packed) packed->emplace(item.key, item.bytes);
  return [packed](const std::string& key) {
    const auto it = packed->find(key);
    return it == packed->end() ? ConstBuffer() : it->second;
  };
}

// The graphs that execution runs: one, or one for each gear.
std::vector<Graph*> graphs_of(OmModel& om) {
  if (om.gears.empty()) return {&om.graph};
  std::vector<Graph*> graphs;
  for (Graph& graph : om.gears.graphs) graphs.push_back(&graph);
  return graphs;
}

bool any_dynamic(OmModel& om) {
  const auto graphs = graphs_of(om);
  return std::any_of(graphs.begin(), graphs.end(), [](Graph* g) { return needs_dynamic(*g); });
}

// "gear 2 (8): ..." where there are gears.
Status in_gear(const Status& status, const OmModel& om, size_t gear) {
  return om.gears.empty() ? status : status.with_context(gear_label(om.gears, gear));
}

Result<std::vector<std::unique_ptr<Program>>> lower_checked(OmModel& om,
                                                            const LowerOptions& options) {
  std::vector<std::unique_ptr<Program>> programs;
  PackedShare share(finder(om));
  for (const Graph* graph : graphs_of(om)) {
    auto lowered = share.lower_next(*graph, options);
    if (!lowered.ok()) {
      return as_file_error(in_gear(lowered.status(), om, programs.size()), om);
    }
    programs.push_back(std::move(lowered->program));
  }
  return programs;
}

Result<std::vector<std::unique_ptr<DynamicProgram>>> make_dynamic(OmModel& om,
                                                                  const LoadOptions& load,
                                                                  bool traced) {
  std::vector<std::unique_ptr<DynamicProgram>> programs;
  PackedShare share(finder(om));
  for (Graph* graph : graphs_of(om)) {
    DynamicOptions options;
    options.isa = active_isa();
    options.workers = load.workers;
    options.memory_limit = load.memory_limit;
    options.find_packed = share.next(*graph);
    options.traced = traced;
    auto program = DynamicProgram::make(std::move(*graph), options);
    if (!program.ok()) {
      return as_file_error(in_gear(program.status(), om, programs.size()), om);
    }
    share.keep((*program)->packed());
    programs.push_back(*std::move(program));
  }
  return programs;
}

std::vector<const Program*> pointers(const std::vector<std::unique_ptr<Program>>& programs) {
  std::vector<const Program*> all;
  for (const auto& program : programs) all.push_back(program.get());
  return all;
}

LowerOptions lower_options(const LoadOptions& load, bool traced) {
  LowerOptions options;
  options.isa = active_isa();
  options.workers = load.workers;
  options.traced = traced;
  return options;
}

std::unique_ptr<DumpSession> dump_session(const OmModel& om, uint32_t id, bool dynamic,
                                          const LoadOptions& load) {
  return DumpSession::make(current_dump(),
                           {id, om.info.model_name, load.file, om.info.input_format, dynamic});
}

}  // namespace

Status check_graph(OmModel& om) {
  const auto graphs = graphs_of(om);
  for (size_t i = 0; i < graphs.size(); ++i) {
    const Status status = check_stated(*graphs[i]);
    if (!status.ok()) return as_file_error(in_gear(status, om, i), om);
  }
  if (!om.gears.empty()) om.graph = om.gears.graphs[largest_gear(om.gears.values)];
  return {};
}

Result<Sizes> planned_sizes(OmModel& om, const LoadOptions& load) {
  POACL_RETURN_IF_ERROR(check_graph(om));
  if (any_dynamic(om)) {
    return invalid(
        fmt::format("the shapes of model {} are known at run time only, and so is the work memory "
                    "it needs; load it without memory of your own (acl.mdl.load_from_file)",
                    om.info.model_name));
  }
  // A model that is dumped is planned otherwise.
  const bool traced = dump_session(om, 0, false, load) != nullptr;
  POACL_ASSIGN_OR_RETURN(const auto programs, lower_checked(om, lower_options(load, traced)));
  return Sizes{workspace_bytes(pointers(programs)), weight_block_bytes(weights_of(programs))};
}

Result<std::shared_ptr<LoadedModel>> LoadedModel::make(OmModel om, uint32_t id,
                                                       const LoadOptions& options) {
  auto loaded = std::make_shared<LoadedModel>();
  POACL_RETURN_IF_ERROR(check_graph(om));
  auto description = make_description(om, id);
  loaded->priority = options.priority;
  loaded->dump_ = dump_session(om, id, description->dynamic, options);
  const bool traced = loaded->dump_ != nullptr;
  if (!options.keep_graph) description->origins.clear();
  if (description->dynamic) {
    if (!options.keep_graph) {
      return invalid(
          fmt::format("the shapes of model {} are known at run time only, so it cannot "
                      "be loaded without its graph (ACL_MDL_WITHOUT_GRAPH_INT32)",
                      description->name));
    }
    POACL_RETURN_IF_ERROR(place_weights(weights_of(graphs_of(om)), options));
    POACL_ASSIGN_OR_RETURN(loaded->dynamic_, make_dynamic(om, options, traced));
    loaded->description_ = std::move(description);
    return loaded;
  }
  POACL_ASSIGN_OR_RETURN(loaded->programs_, lower_checked(om, lower_options(options, traced)));
  POACL_RETURN_IF_ERROR(place_weights(weights_of(loaded->programs_), options));
  if (options.keep_graph) {
    for (const Graph* graph : graphs_of(om)) {
      loaded->end_operators_.push_back(model::end_operators(*graph, om.info.input_format));
    }
  }
  description->workspace_bytes = workspace_bytes(pointers(loaded->programs_));
  POACL_ASSIGN_OR_RETURN(void* arena, aligned_block(options.work, options.work_size,
                                                    description->workspace_bytes, "work"));
  try {
    loaded->states_.emplace(pointers(loaded->programs_), arena);
  } catch (const std::bad_alloc&) {
    return Status(ACL_ERROR_GE_MEMORY_ALLOCATION,
                  fmt::format("model {} needs {} bytes of work memory, which this machine does not "
                              "have free; convert it with a smaller batch",
                              description->name, description->workspace_bytes));
  }
  loaded->description_ = std::move(description);
  return loaded;
}

}  // namespace poacl::model
