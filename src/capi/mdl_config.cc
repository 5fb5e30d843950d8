// Settings of a load: the handle and its attributes (spec: model section 2).
#include "capi/mdl_config.h"

#include <cstring>

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/mdl_load.h"
#include "runtime/address_check.h"

namespace poacl::capi {
namespace {

constexpr int32_t kLeastPriority = 7;
constexpr size_t kExternalWeightUnit = 32;

HandleTable<ConfigHandle>& table() {
  static auto* const handles = new HandleTable<ConfigHandle>;
  return *handles;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& table_made_early = table();

Result<std::shared_ptr<ConfigHandle>> find_config_handle(const void* handle) {
  return find_handle(table(), handle, "handle", "aclmdlCreateConfigHandle");
}

// A value that came as `size` bytes at an address.
class RawValue {
 public:
  RawValue(int attr, const void* value, size_t size) : attr_(attr), value_(value), size_(size) {}

  template <typename T>
  Status read(T* out) const {
    POACL_RETURN_IF_ERROR(check(sizeof(T)));
    std::memcpy(out, value_, sizeof(T));
    return {};
  }

  template <typename T>
  Status read_pointer(T** out) const {
    POACL_RETURN_IF_ERROR(read(out));
    return *out != nullptr ? Status() : bad("a null address");
  }

  Status read_switch(bool* out, bool wide) const {
    int64_t number = 0;
    if (wide) {
      POACL_RETURN_IF_ERROR(read(&number));
    } else {
      int32_t narrow = 0;
      POACL_RETURN_IF_ERROR(read(&narrow));
      number = narrow;
    }
    if (number != 0 && number != 1) return bad(fmt::format("{}: it must be 0 or 1", number));
    *out = number == 1;
    return {};
  }

  Status read_text(std::string* out) const {
    const char* text = nullptr;
    POACL_RETURN_IF_ERROR(read_pointer(&text));
    *out = text;
    return {};
  }

  Status bad(const std::string& what) const {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("the value of load setting {} is {}", attr_, what));
  }

 private:
  Status check(size_t wanted) const {
    if (size_ == wanted) {
      return runtime::check_memory(value_, size_, "attrValue", ACL_ERROR_INVALID_PARAM);
    }
    return bad(fmt::format("{} bytes long: it takes {}", size_, wanted));
  }

  int attr_;
  const void* value_;
  size_t size_;
};

Status set_priority(const RawValue& value, LoadConfig* config) {
  int32_t priority = 0;
  POACL_RETURN_IF_ERROR(value.read(&priority));
  if (priority < 0 || priority > kLeastPriority) {
    return value.bad(fmt::format("priority {}: streams have 0 to {}", priority, kLeastPriority));
  }
  config->priority = priority;
  return {};
}

Status set_load_type(const RawValue& value, LoadConfig* config) {
  size_t type = 0;
  POACL_RETURN_IF_ERROR(value.read(&type));
  if (type < ACL_MDL_LOAD_FROM_FILE || type > ACL_MDL_LOAD_FROM_MEM_WITH_Q) {
    return value.bad(fmt::format("load type {}: there are {} to {}", type, ACL_MDL_LOAD_FROM_FILE,
                                 ACL_MDL_LOAD_FROM_MEM_WITH_Q));
  }
  config->load_type = type;
  return {};
}

Status set_option(aclmdlConfigAttr attr, const RawValue& value, LoadConfig* config) {
  bool ignored = false;
  switch (attr) {
    case ACL_MDL_PRIORITY_INT32:
      return set_priority(value, config);
    case ACL_MDL_LOAD_TYPE_SIZET:
      return set_load_type(value, config);
    case ACL_MDL_PATH_PTR:
      return value.read_text(&config->path);
    case ACL_MDL_MEM_ADDR_PTR:
      return value.read_pointer(&config->memory);
    case ACL_MDL_MEM_SIZET:
      return value.read(&config->memory_size);
    case ACL_MDL_WEIGHT_ADDR_PTR:
      return value.read(&config->weight);
    case ACL_MDL_WEIGHT_SIZET:
      return value.read(&config->weight_size);
    case ACL_MDL_WORKSPACE_ADDR_PTR:
      return value.read(&config->work);
    case ACL_MDL_WORKSPACE_SIZET:
      return value.read(&config->work_size);
    case ACL_MDL_INPUTQ_NUM_SIZET:
      return value.read(&config->input_queue_count);
    case ACL_MDL_INPUTQ_ADDR_PTR:
      return value.read_pointer(&config->input_queues);
    case ACL_MDL_OUTPUTQ_NUM_SIZET:
      return value.read(&config->output_queue_count);
    case ACL_MDL_OUTPUTQ_ADDR_PTR:
      return value.read_pointer(&config->output_queues);
    case ACL_MDL_WORKSPACE_MEM_OPTIMIZE:
      // Inputs and outputs are never part of the work memory here.
      return value.read_switch(&ignored, true);
    case ACL_MDL_WEIGHT_PATH_PTR:
      return value.read_text(&config->weight_path);
    case ACL_MDL_WITHOUT_GRAPH_INT32:
      return value.read_switch(&config->without_graph, false);
    default:
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("there is no load setting {} on this product: there are {} to {} "
                                "and {}",
                                static_cast<int>(attr), static_cast<int>(ACL_MDL_PRIORITY_INT32),
                                static_cast<int>(ACL_MDL_WEIGHT_PATH_PTR),
                                static_cast<int>(ACL_MDL_WITHOUT_GRAPH_INT32)));
  }
}

Status missing(const LoadConfig& config, const char* what) {
  return Status(
      ACL_ERROR_INVALID_PARAM,
      fmt::format("load type {} needs {}: set it with aclmdlSetConfigOpt", config.load_type, what));
}

bool from_file(const LoadConfig& config) {
  return config.load_type == ACL_MDL_LOAD_FROM_FILE ||
         config.load_type == ACL_MDL_LOAD_FROM_FILE_WITH_MEM ||
         config.load_type == ACL_MDL_LOAD_FROM_FILE_WITH_Q;
}

Status check_complete(const LoadConfig& config) {
  if (config.load_type == 0) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  "the settings have no load type: set ACL_MDL_LOAD_TYPE_SIZET");
  }
  if (!from_file(config)) {
    if (config.memory == nullptr) return missing(config, "the address of the model");
    if (config.memory_size == 0) return missing(config, "the size of the model");
    return {};
  }
  if (config.path.empty()) return missing(config, "the path of the model");
  if (config.weight_path.empty()) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("load type {} takes external weights from beside the model's file, so "
                            "a path of weights cannot go with the path of the model",
                            config.load_type));
}

Status load_with(const LoadConfig& config, uint32_t* id) {
  POACL_RETURN_IF_ERROR(check_complete(config));
  if (config.load_type == ACL_MDL_LOAD_FROM_FILE_WITH_Q ||
      config.load_type == ACL_MDL_LOAD_FROM_MEM_WITH_Q) {
    return check_queues(config.input_queues, config.input_queue_count, config.output_queues,
                        config.output_queue_count);
  }
  const bool with_memory = config.load_type == ACL_MDL_LOAD_FROM_FILE_WITH_MEM ||
                           config.load_type == ACL_MDL_LOAD_FROM_MEM_WITH_MEM;
  POACL_ASSIGN_OR_RETURN(model::LoadOptions options, load_options(config, with_memory));
  if (from_file(config)) return load_file(config.path.c_str(), id, std::move(options));
  return load_memory(config.memory, config.memory_size, id, std::move(options));
}

Status set_external_weight(ConfigHandle& handle, const char* name, void* memory, size_t size) {
  POACL_CHECK_NOT_NULL(name);
  POACL_CHECK_NOT_NULL(memory);
  if (size == 0 || size % kExternalWeightUnit != 0) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("the memory for {} has {} bytes: a multiple of {} above 0 is needed",
                              std::string_view(name).substr(0, 128), size, kExternalWeightUnit));
  }
  POACL_RETURN_IF_ERROR(
      runtime::check_memory(memory, size, "external weight", ACL_ERROR_INVALID_PARAM));
  std::lock_guard lock(handle.mutex);
  auto& weights = handle.config.external_weights;
  std::erase_if(weights, [&](const model::ExternalWeight& old) { return old.file == name; });
  weights.push_back({name, memory, size});
  return {};
}

}  // namespace

Result<LoadConfig> find_config(const aclmdlConfigHandle* handle) {
  POACL_ASSIGN_OR_RETURN(const auto object, find_config_handle(handle));
  std::lock_guard lock(object->mutex);
  return object->config;
}

Result<model::LoadOptions> load_options(const LoadConfig& config, bool with_memory) {
  model::LoadOptions options;
  options.priority = static_cast<uint32_t>(config.priority);
  options.keep_graph = !config.without_graph;
  options.weight_folder = config.weight_path;
  options.external_weights = config.external_weights;
  if (with_memory) {
    POACL_RETURN_IF_ERROR(
        set_memory(config.work, config.work_size, config.weight, config.weight_size, &options));
  }
  return options;
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

aclmdlConfigHandle* aclmdlCreateConfigHandle() {
  return answer<aclmdlConfigHandle*>(
      "aclmdlCreateConfigHandle", nullptr, []() -> Result<aclmdlConfigHandle*> {
        return static_cast<aclmdlConfigHandle*>(table().insert(std::make_shared<ConfigHandle>()));
      });
}

aclError aclmdlDestroyConfigHandle(aclmdlConfigHandle* handle) {
  return entry("aclmdlDestroyConfigHandle", [&]() -> Status {
    if (table().remove(handle) != nullptr) return {};
    return find_config_handle(handle).status();
  });
}

aclError aclmdlSetConfigOpt(aclmdlConfigHandle* handle, aclmdlConfigAttr attr,
                            const void* attrValue, size_t valueSize) {
  return entry("aclmdlSetConfigOpt", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_config_handle(handle));
    POACL_CHECK_NOT_NULL(attrValue);
    std::lock_guard lock(object->mutex);
    return set_option(attr, RawValue(attr, attrValue, valueSize), &object->config);
  });
}

aclError aclmdlLoadWithConfig(const aclmdlConfigHandle* handle, uint32_t* modelId) {
  return entry("aclmdlLoadWithConfig", [&]() -> Status {
    POACL_CHECK_NOT_NULL(modelId);
    POACL_ASSIGN_OR_RETURN(const LoadConfig config, find_config(handle));
    return load_with(config, modelId);
  });
}

aclError aclmdlSetExternalWeightAddress(aclmdlConfigHandle* handle, const char* weightFileName,
                                        void* devPtr, size_t size) {
  return entry("aclmdlSetExternalWeightAddress", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_config_handle(handle));
    return set_external_weight(*object, weightFileName, devPtr, size);
  });
}
