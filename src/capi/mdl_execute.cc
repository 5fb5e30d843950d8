// Running models (spec: model section 5).
#include "capi/mdl_execute.h"

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
  return runtime::run_now(
      context, [&job](runtime::TaskContext& task) { return job.binding.run(*job.model, task); });
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
  POACL_RETURN_IF_ERROR(runtime::run_now(
      *context, [&job](runtime::TaskContext& task) { return job.binding.run(*job.model, task); }));
  describe_outputs(description, job.binding.gear(), *datasets.input, *datasets.output);
  return {};
}

// The task keeps datasets and model alive; the outputs' entries learn their shapes when it runs.
Status queue_dynamic(const char* api, std::shared_ptr<model::LoadedModel> model,
                     const Arguments& datasets, runtime::Stream& stream,
                     std::shared_ptr<runtime::Context> context) {
  auto binding =
      std::make_shared<DynamicBinding>(model::description(*model), datasets.output, context.get());
  POACL_RETURN_IF_ERROR(binding->bind(*datasets.input));
  runtime::Task task;
  task.api = api;
  task.run = [binding = std::move(binding), model = std::move(model), context = std::move(context)](
                 runtime::TaskContext& task_context) { return binding->run(*model, task_context); };
  return runtime::enqueue(stream, std::move(task));
}

}  // namespace

Result<std::shared_ptr<runtime::Stream>> poacl::capi::queue_execution(const char* api, uint32_t id,
                                                                      const aclmdlDataset* input,
                                                                      aclmdlDataset* output,
                                                                      aclrtStream stream,
                                                                      bool fill_empty) {
  POACL_ASSIGN_OR_RETURN(const Arguments datasets, find_datasets(input, output));
  POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
  POACL_ASSIGN_OR_RETURN(auto loaded, model::find_model(id));
  std::shared_ptr<runtime::Context> context;  // where empty outputs get their memory
  if (fill_empty) {
    POACL_ASSIGN_OR_RETURN(context, runtime::current_context());
  }
  if (model::description(*loaded)->dynamic) {
    POACL_RETURN_IF_ERROR(
        queue_dynamic(api, std::move(loaded), datasets, *target, std::move(context)));
    return target;
  }
  struct Job {
    Binding binding;
    std::shared_ptr<model::LoadedModel> model;
  };
  auto job = std::make_shared<Job>();
  const model::Description& description = *model::description(*loaded);
  POACL_RETURN_IF_ERROR(
      job->binding.bind(description, *datasets.input, *datasets.output, fill_empty));
  if (fill_empty) {
    POACL_RETURN_IF_ERROR(
        job->binding.allocate_empty_outputs(*context, description, *datasets.output));
  }
  describe_outputs(description, job->binding.gear(), *datasets.input, *datasets.output);
  job->model = std::move(loaded);
  runtime::Task task;
  task.api = api;
  task.run = [job = std::move(job)](runtime::TaskContext& task_context) {
    return job->binding.run(*job->model, task_context);
  };
  POACL_RETURN_IF_ERROR(runtime::enqueue(*target, std::move(task)));
  return target;
}

aclError aclmdlExecute(uint32_t modelId, const aclmdlDataset* input, aclmdlDataset* output) {
  return entry("aclmdlExecute", [&] { return execute(modelId, input, output); });
}

aclError aclmdlExecuteAsync(uint32_t modelId, const aclmdlDataset* input, aclmdlDataset* output,
                            aclrtStream stream) {
  return entry("aclmdlExecuteAsync", [&] {
    return queue_execution("aclmdlExecuteAsync", modelId, input, output, stream, false).status();
  });
}
