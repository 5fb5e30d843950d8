// Loading and unloading models, and the memory they need (spec: model section 1).
#include "acl/acl_mdl.h"
#include "capi/entry.h"
#include "model/model.h"
#include "runtime/address_check.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

// Memory of the caller; a null pointer leaves that part to the system whatever the size says.
Status set_memory(void* work, size_t work_size, void* weight, size_t weight_size,
                  model::LoadOptions* options) {
  if (work != nullptr)
    POACL_RETURN_IF_ERROR(
        runtime::check_memory(work, work_size, "work memory", ACL_ERROR_INVALID_PARAM));
  if (weight != nullptr)
    POACL_RETURN_IF_ERROR(
        runtime::check_memory(weight, weight_size, "weight memory", ACL_ERROR_INVALID_PARAM));
  options->work = work;
  options->work_size = work_size;
  options->weight = weight;
  options->weight_size = weight_size;
  return {};
}

// What the device of the calling thread offers.
Status set_machine(model::LoadOptions* options) {
  POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
  options->workers = runtime::parallel_width();
  options->memory_limit = runtime::memory_info(*context).total;
  return {};
}

Status load_file(const char* modelPath, uint32_t* modelId, model::LoadOptions options) {
  POACL_CHECK_NOT_NULL(modelPath);
  POACL_CHECK_NOT_NULL(modelId);
  POACL_RETURN_IF_ERROR(set_machine(&options));
  POACL_ASSIGN_OR_RETURN(*modelId, model::load_from_file(modelPath, options));
  return {};
}

Status check_model_bytes(const void* model, size_t modelSize) {
  POACL_CHECK_NOT_NULL(model);
  if (modelSize == 0) {
    return Status(ACL_ERROR_INVALID_PARAM, "modelSize is 0: pass the number of bytes of the model");
  }
  return runtime::check_memory(model, modelSize, "model", ACL_ERROR_INVALID_PARAM);
}

Status load_memory(const void* model, size_t modelSize, uint32_t* modelId,
                   model::LoadOptions options) {
  POACL_CHECK_NOT_NULL(modelId);
  POACL_RETURN_IF_ERROR(check_model_bytes(model, modelSize));
  POACL_RETURN_IF_ERROR(set_machine(&options));
  POACL_ASSIGN_OR_RETURN(*modelId, model::load_from_memory(model, modelSize, options));
  return {};
}

}  // namespace

aclError aclmdlLoadFromFile(const char* modelPath, uint32_t* modelId) {
  return entry("aclmdlLoadFromFile", [&] { return load_file(modelPath, modelId, {}); });
}

aclError aclmdlLoadFromMem(const void* model, size_t modelSize, uint32_t* modelId) {
  return entry("aclmdlLoadFromMem", [&] { return load_memory(model, modelSize, modelId, {}); });
}

aclError aclmdlLoadFromFileWithMem(const char* modelPath, uint32_t* modelId, void* workPtr,
                                   size_t workSize, void* weightPtr, size_t weightSize) {
  return entry("aclmdlLoadFromFileWithMem", [&]() -> Status {
    model::LoadOptions options;
    POACL_RETURN_IF_ERROR(set_memory(workPtr, workSize, weightPtr, weightSize, &options));
    return load_file(modelPath, modelId, options);
  });
}

aclError aclmdlLoadFromMemWithMem(const void* model, size_t modelSize, uint32_t* modelId,
                                  void* workPtr, size_t workSize, void* weightPtr,
                                  size_t weightSize) {
  return entry("aclmdlLoadFromMemWithMem", [&]() -> Status {
    model::LoadOptions options;
    POACL_RETURN_IF_ERROR(set_memory(workPtr, workSize, weightPtr, weightSize, &options));
    return load_memory(model, modelSize, modelId, options);
  });
}

aclError aclmdlUnload(uint32_t modelId) {
  return entry("aclmdlUnload", [&] { return model::unload(modelId); });
}

aclError aclmdlQuerySize(const char* fileName, size_t* workSize, size_t* weightSize) {
  return entry("aclmdlQuerySize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(fileName);
    POACL_CHECK_NOT_NULL(workSize);
    POACL_CHECK_NOT_NULL(weightSize);
    POACL_ASSIGN_OR_RETURN(const model::Sizes sizes,
                           model::query_size_file(fileName, runtime::parallel_width()));
    *workSize = sizes.workspace;
    *weightSize = sizes.weight;
    return {};
  });
}

aclError aclmdlQuerySizeFromMem(const void* model, size_t modelSize, size_t* workSize,
                                size_t* weightSize) {
  return entry("aclmdlQuerySizeFromMem", [&]() -> Status {
    POACL_CHECK_NOT_NULL(workSize);
    POACL_CHECK_NOT_NULL(weightSize);
    POACL_RETURN_IF_ERROR(check_model_bytes(model, modelSize));
    POACL_ASSIGN_OR_RETURN(const model::Sizes sizes,
                           model::query_size_memory(model, modelSize, runtime::parallel_width()));
    *workSize = sizes.workspace;
    *weightSize = sizes.weight;
    return {};
  });
}
