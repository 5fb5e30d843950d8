#include "model/loaded_model.h"

#include <new>
#include <unordered_map>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/isa.h"
#include "compile/compile.h"
#include "graph/shape_inference.h"
#include "model/describe.h"

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
Status check_stated(OmModel& om) {
  std::unordered_map<ValueId, Shape> stated;
  for (const Node& node : om.graph.nodes()) {
    for (const ValueId id : node.outputs) {
      const Value& value = om.graph.value(id);
      stated.emplace(id, Shape{value.dtype, value.dims});
    }
  }
  POACL_RETURN_IF_ERROR(infer_shapes(om.graph));
  for (const auto& [id, shape] : stated) {
    const Value& value = om.graph.value(id);
    if (value.dtype == shape.dtype && value.dims == shape.dims) continue;
    return invalid(fmt::format("the file states tensor {} as {} {} but its operator makes {} {}",
                               value.name, data_type_name(shape.dtype), dims_to_string(shape.dims),
                               data_type_name(value.dtype), dims_to_string(value.dims)));
  }
  return om.graph.compact();
}

// The 64-byte aligned part of the caller's work memory; null when none was given.
Result<void*> caller_arena(const LoadOptions& options, size_t needed) {
  if (options.work == nullptr) return static_cast<void*>(nullptr);
  const auto begin = reinterpret_cast<uintptr_t>(options.work);
  const uintptr_t aligned = (begin + kAlign - 1) / kAlign * kAlign;
  if (options.work_size < aligned - begin || options.work_size - (aligned - begin) < needed) {
    return invalid(
        fmt::format("the work memory of {} bytes is too small: the model needs {} bytes "
                    "from a 64-byte boundary (aclmdlQuerySize tells the size)",
                    options.work_size, needed));
  }
  return reinterpret_cast<void*>(aligned);
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

Result<std::unique_ptr<Program>> lower_checked(const OmModel& om, int workers) {
  LowerOptions options;
  options.isa = active_isa();
  options.workers = workers;
  options.find_packed = finder(om);
  auto lowered = lower(om.graph, options);
  if (!lowered.ok()) return as_file_error(lowered.status(), om);
  return std::move(lowered->program);
}

Result<std::unique_ptr<DynamicProgram>> make_dynamic(OmModel& om, const LoadOptions& load) {
  DynamicOptions options;
  options.isa = active_isa();
  options.workers = load.workers;
  options.memory_limit = load.memory_limit;
  options.find_packed = finder(om);
  auto program = DynamicProgram::make(std::move(om.graph), options);
  if (!program.ok()) return as_file_error(program.status(), om);
  return program;
}

}  // namespace

Status check_graph(OmModel& om) {
  const Status status = check_stated(om);
  return status.ok() ? status : as_file_error(status, om);
}

Result<std::unique_ptr<Program>> plan_program(OmModel& om, int workers) {
  POACL_RETURN_IF_ERROR(check_graph(om));
  if (needs_dynamic(om.graph)) {
    return invalid(
        fmt::format("the shapes of model {} are known at run time only, and so is the work memory "
                    "it needs; load it without memory of your own (acl.mdl.load_from_file)",
                    om.info.model_name));
  }
  return lower_checked(om, workers);
}

Result<std::shared_ptr<LoadedModel>> LoadedModel::make(OmModel om, uint32_t id,
                                                       const LoadOptions& options) {
  auto loaded = std::make_shared<LoadedModel>();
  POACL_RETURN_IF_ERROR(check_graph(om));
  auto description = make_description(om, id);
  if (options.weight != nullptr && options.weight_size < description->weight_bytes) {
    return invalid(
        fmt::format("the weight memory of {} bytes is too small: the model has {} bytes "
                    "of weights (aclmdlQuerySize tells the size)",
                    options.weight_size, description->weight_bytes));
  }
  if (description->dynamic) {
    POACL_ASSIGN_OR_RETURN(loaded->dynamic_, make_dynamic(om, options));
    loaded->description_ = std::move(description);
    return loaded;
  }
  POACL_ASSIGN_OR_RETURN(loaded->program_, lower_checked(om, options.workers));
  description->workspace_bytes = workspace_bytes(*loaded->program_);
  POACL_ASSIGN_OR_RETURN(void* arena, caller_arena(options, description->workspace_bytes));
  try {
    loaded->states_.emplace(*loaded->program_, arena);
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
