#include "model/model.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "acl/acl_base.h"
#include "base/fork_locks.h"
#include "model/describe.h"
#include "model/loaded_model.h"

namespace poacl::model {
namespace {

// Models of the process by id.
class Registry {
 public:
  uint32_t next_id() { return next_id_.fetch_add(1, std::memory_order_relaxed); }

  void insert(uint32_t id, std::shared_ptr<LoadedModel> model) {
    std::lock_guard lock(mutex_);
    models_.emplace(id, std::move(model));
  }
  std::shared_ptr<LoadedModel> find(uint32_t id) const {
    std::lock_guard lock(mutex_);
    const auto it = models_.find(id);
    return it == models_.end() ? nullptr : it->second;
  }
  std::shared_ptr<LoadedModel> remove(uint32_t id) {
    std::lock_guard lock(mutex_);
    const auto it = models_.find(id);
    if (it == models_.end()) return nullptr;
    auto model = std::move(it->second);
    models_.erase(it);
    return model;
  }
  std::string known() const {
    std::lock_guard lock(mutex_);
    if (models_.empty()) return "no model is loaded";
    std::vector<uint32_t> ids;
    for (const auto& [id, model] : models_) ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    constexpr size_t kShown = 8;
    const std::string more = ids.size() > kShown ? ", ..." : "";
    ids.resize(std::min(ids.size(), kShown));
    return fmt::format("loaded are {}{}", fmt::join(ids, ", "), more);
  }

 private:
  std::atomic<uint32_t> next_id_{1};
  mutable ForkSafeMutex mutex_;
  std::unordered_map<uint32_t, std::shared_ptr<LoadedModel>> models_;
};

// Never destroyed: tasks may still run while the process ends.
Registry& registry() {
  static Registry* instance = new Registry;
  return *instance;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Registry& registry_made_early = registry();

Status unknown_id(uint32_t id) {
  return Status(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID,
                fmt::format("there is no model with id {}: {}", id, registry().known()));
}

Result<uint32_t> load(Result<OmModel> om, const LoadOptions& options) {
  if (!om.ok()) return om.status();
  const uint32_t id = registry().next_id();
  POACL_ASSIGN_OR_RETURN(auto loaded, LoadedModel::make(*std::move(om), id, options));
  registry().insert(id, std::move(loaded));
  return id;
}

// Files of weights as the options say, otherwise those of `folder` when that is not empty.
WeightOpener opener(const LoadOptions& options, const std::string& folder) {
  WeightOpener files;
  if (!options.weight_folder.empty()) {
    files = weights_in(options.weight_folder);
  } else if (!folder.empty()) {
    files = weights_in(folder);
  }
  if (options.external_weights.empty()) return files;
  return [given = options.external_weights, files](const std::string& name) -> Result<ConstBuffer> {
    for (const ExternalWeight& weight : given) {
      if (weight.file == name) return ConstBuffer(nullptr, weight.data, weight.size);
    }
    if (files) return files(name);
    return Status(ACL_ERROR_GE_PARAM_INVALID,
                  fmt::format("the memory of file {} of weights was not given: call "
                              "aclmdlSetExternalWeightAddress for it",
                              name));
  };
}

Result<OmModel> read_copy(const void* data, size_t size, const WeightOpener& open) {
  auto copy = std::make_shared<ConstBuffer>(ConstBuffer::copy_of(data, size));
  const void* bytes = copy->data();
  return read_om(std::move(copy), bytes, size, "model in memory", open);
}

// Valid only while the caller's bytes are.
Result<OmModel> read_in_place(const void* data, size_t size) {
  return read_om(nullptr, data, size, "model in memory");
}

Result<std::shared_ptr<const Description>> describe(Result<OmModel> om) {
  if (!om.ok()) return om.status();
  // Bounds of open dimensions are not in the file.
  if (needs_dynamic(om->graph)) POACL_RETURN_IF_ERROR(check_graph(*om));
  return std::shared_ptr<const Description>(make_description(*om, 0));
}

Result<Sizes> query_size(Result<OmModel> om, int workers, LoadOptions options = {}) {
  if (!om.ok()) return om.status();
  options.workers = workers;
  return planned_sizes(*om, options);
}

// Null for an execution that is not dumped.
std::unique_ptr<StepObserver> observe(LoadedModel& model, const RunTask& task) {
  if (model.dump() == nullptr) return nullptr;
  return model.dump()->begin({task.device, task.stream});
}

}  // namespace

Result<uint32_t> load_from_file(const std::string& path, const LoadOptions& options) {
  LoadOptions with_file = options;
  with_file.file = std::filesystem::path(path).stem().string();
  return load(read_om_file(path, opener(options, weight_folder(path))), with_file);
}

Result<uint32_t> load_from_memory(const void* data, size_t size, const LoadOptions& options) {
  return load(read_copy(data, size, opener(options, {})), options);
}

Result<uint32_t> load_from_owned(std::shared_ptr<const void> owner, const void* data, size_t size,
                                 std::string_view name, const LoadOptions& options) {
  return load(read_om(std::move(owner), data, size, name, opener(options, {})), options);
}

uint32_t next_model_id() {
  return registry().next_id();
}

Status unload(uint32_t id) {
  return registry().remove(id) != nullptr ? Status() : unknown_id(id);
}

Result<std::shared_ptr<LoadedModel>> find_model(uint32_t id) {
  auto model = registry().find(id);
  if (model == nullptr) return unknown_id(id);
  return model;
}

Result<std::shared_ptr<const Description>> describe_file(const std::string& path) {
  return describe(read_om_file(path));
}

Result<std::shared_ptr<const Description>> describe_memory(const void* data, size_t size) {
  return describe(read_in_place(data, size));
}

Result<Sizes> query_size_file(const std::string& path, int workers) {
  LoadOptions options;
  options.file = std::filesystem::path(path).stem().string();
  return query_size(read_om_file(path), workers, std::move(options));
}

Result<Sizes> query_size_memory(const void* data, size_t size, int workers) {
  return query_size(read_in_place(data, size), workers);
}

const std::shared_ptr<const Description>& description(const LoadedModel& model) {
  return model.description();
}

std::atomic<uint32_t>& priority(LoadedModel& model) {
  return model.priority;
}

Status run(LoadedModel& model, size_t gear, std::span<const void* const> inputs,
           std::span<void* const> outputs, ParallelFor& parallel, const RunTask& task) {
  POACL_RETURN_IF_ERROR(check_aipp(*model.description(), gear, inputs));
  try {
    TaskNote note(model, gear, task, inputs, outputs);
    const auto observer = observe(model, task);
    StatePool::Lease state(model.states());
    state.of(gear).run(inputs, outputs, parallel, observer.get());
    note.done();
  } catch (const std::bad_alloc&) {
    return Status(ACL_ERROR_GE_MEMORY_ALLOCATION,
                  fmt::format("model {} needs another {} bytes of work memory to run on one more "
                              "stream at once, which this machine does not have free",
                              model.description()->model_id, model.description()->workspace_bytes));
  }
  return {};
}

Status run_dynamic(LoadedModel& model, size_t gear, std::span<const Tensor> inputs,
                   OutputSink& sink, ParallelFor& parallel, const RunTask& task) {
  if (model.description()->has_dynamic_aipp) {
    std::vector<const void*> addresses;
    for (const Tensor& input : inputs) addresses.push_back(input.buffer.data());
    POACL_RETURN_IF_ERROR(check_aipp(*model.description(), gear, addresses));
  }
  const TaskNote note(model, gear, task, {}, {});
  const auto observer = observe(model, task);
  return model.dynamic(gear)->run(inputs, sink, parallel, observer.get());
}

void set_current_gear(LoadedModel& model, size_t gear) {
  model.current_gear = static_cast<int64_t>(gear);
}

std::optional<size_t> current_gear(const LoadedModel& model) {
  const int64_t gear = model.current_gear;
  if (gear < 0) return std::nullopt;
  return static_cast<size_t>(gear);
}

}  // namespace poacl::model
