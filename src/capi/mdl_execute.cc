// Running models (spec: model section 5).
#include "acl/acl_mdl.h"
#include "capi/entry.h"
#include "capi/mdl_binding.h"
#include "capi/mdl_dataset.h"
#include "capi/mdl_dynamic_binding.h"
#include "model/model.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

struct Arguments {
  std::shared_ptr<Dataset> input;
  std::shared_ptr<Dataset> output;
};

Result<Arguments> find_datasets(const aclmdlDataset* input, const aclmdlDataset* output) {
  Arguments arguments;
  POACL_ASSIGN_OR_RETURN(arguments.input, find_dataset(input, "input"));
  POACL_ASSIGN_OR_RETURN(arguments.output, find_dataset(output, "output"));
  return arguments;
}

Status execute_dynamic(runtime::Context& context, model::LoadedModel& model,
                       const Arguments& datasets) {
  struct Job {
    DynamicBinding binding;
    model::LoadedModel* model;
  } job{{model::description(model), datasets.output, &context}, &model};
  POACL_RETURN_IF_ERROR(job.binding.bind(*datasets.input));
  return runtime::run_now(context, [&job](runtime::TaskContext& task) {
    return job.binding.run(*job.model, task.parallel);
  });
}

Status execute(uint32_t id, const aclmdlDataset* input, aclmdlDataset* output) {
  POACL_ASSIGN_OR_RETURN(const Arguments datasets, find_datasets(input, output));
  POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
  POACL_ASSIGN_OR_RETURN(const auto loaded, model::find_model(id));
  const model::Description& description = *model::description(*loaded);
  if (description.dynamic) return execute_dynamic(*context, *loaded, datasets);
  struct Job {
    Binding binding;
    model::LoadedModel* model;
  } job;
  job.model = loaded.get();
  POACL_RETURN_IF_ERROR(job.binding.bind(description, *datasets.input, *datasets.output, true));
  POACL_RETURN_IF_ERROR(
      job.binding.allocate_empty_outputs(*context, description, *datasets.output));
  // One captured pointer: std::function needs no heap for it.
  POACL_RETURN_IF_ERROR(runtime::run_now(*context, [&job](runtime::TaskContext& task) {
    return job.binding.run(*job.model, task.parallel);
  }));
  describe_outputs(description, *datasets.input, *datasets.output);
  return {};
}

// The task keeps datasets and model alive; the outputs' entries learn their shapes when it runs.
Status execute_dynamic_async(const char* api, std::shared_ptr<model::LoadedModel> model,
                             const Arguments& datasets, runtime::Stream& stream) {
  auto binding =
      std::make_shared<DynamicBinding>(model::description(*model), datasets.output, nullptr);
  POACL_RETURN_IF_ERROR(binding->bind(*datasets.input));
  runtime::Task task;
  task.api = api;
  task.run = [binding = std::move(binding), model = std::move(model)](
                 runtime::TaskContext& context) { return binding->run(*model, context.parallel); };
  return runtime::enqueue(stream, std::move(task));
}

Status execute_async(const char* api, uint32_t id, const aclmdlDataset* input,
                     aclmdlDataset* output, aclrtStream stream) {
  POACL_ASSIGN_OR_RETURN(const Arguments datasets, find_datasets(input, output));
  POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
  POACL_ASSIGN_OR_RETURN(auto loaded, model::find_model(id));
  if (model::description(*loaded)->dynamic) {
    return execute_dynamic_async(api, std::move(loaded), datasets, *target);
  }
  struct Job {
    Binding binding;
    std::shared_ptr<model::LoadedModel> model;
  };
  auto job = std::make_shared<Job>();
  const model::Description& description = *model::description(*loaded);
  POACL_RETURN_IF_ERROR(job->binding.bind(description, *datasets.input, *datasets.output, false));
  describe_outputs(description, *datasets.input, *datasets.output);
  job->model = std::move(loaded);
  runtime::Task task;
  task.api = api;
  task.run = [job = std::move(job)](runtime::TaskContext& context) {
    return job->binding.run(*job->model, context.parallel);
  };
  return runtime::enqueue(*target, std::move(task));
}

}  // namespace

aclError aclmdlExecute(uint32_t modelId, const aclmdlDataset* input, aclmdlDataset* output) {
  return entry("aclmdlExecute", [&] { return execute(modelId, input, output); });
}

aclError aclmdlExecuteAsync(uint32_t modelId, const aclmdlDataset* input, aclmdlDataset* output,
                            aclrtStream stream) {
  return entry("aclmdlExecuteAsync",
               [&] { return execute_async("aclmdlExecuteAsync", modelId, input, output, stream); });
}
