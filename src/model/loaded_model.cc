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
Status check_graph(OmModel& om) {
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

Result<std::unique_ptr<Program>> plan_program(OmModel& om, int workers) {
  Status status = check_graph(om);
  if (!status.ok()) return as_file_error(status, om);

  std::unordered_map<std::string_view, const ConstBuffer*> packed;
  for (const OmPacked& item : om.packed) packed.emplace(item.key, &item.bytes);
  LowerOptions options;
  options.isa = active_isa();
  options.workers = workers;
  options.find_packed = [&packed](const std::string& key) {
    const auto it = packed.find(key);
    return it == packed.end() ? ConstBuffer() : *it->second;
  };
  auto lowered = lower(om.graph, options);
  if (!lowered.ok()) return as_file_error(lowered.status(), om);
  return std::move(lowered->program);
}

Result<std::shared_ptr<LoadedModel>> LoadedModel::make(OmModel om, uint32_t id,
                                                       const LoadOptions& options) {
  auto loaded = std::make_shared<LoadedModel>();
  POACL_ASSIGN_OR_RETURN(loaded->program_, plan_program(om, options.workers));
  auto description = make_description(om, id);
  description->workspace_bytes = workspace_bytes(*loaded->program_);
  if (options.weight != nullptr && options.weight_size < description->weight_bytes) {
    return invalid(
        fmt::format("the weight memory of {} bytes is too small: the model has {} bytes "
                    "of weights (aclmdlQuerySize tells the size)",
                    options.weight_size, description->weight_bytes));
  }
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
