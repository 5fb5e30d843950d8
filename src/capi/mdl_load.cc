// Loading and unloading models, and the memory they need (spec: model section 1).
#include "capi/mdl_load.h"

#include "acl/acl_mdl.h"
#include "capi/entry.h"
#include "model/bundle.h"
#include "model/file_parts.h"
#include "runtime/address_check.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"

namespace poacl::capi {

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

Status set_machine(model::LoadOptions* options) {
  POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
  options->workers = runtime::parallel_width();
  options->memory_limit = runtime::memory_info(*context).total;
  return {};
}

namespace {

Status check_list(const uint32_t* list, size_t count, const char* name) {
  if (list != nullptr && count != 0) {
    return runtime::check_memory(list, count * sizeof(uint32_t), name, ACL_ERROR_INVALID_PARAM);
  }
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("{} is {} with a count of {}: name at least one queue", name,
                            list == nullptr ? "null" : "a list", count));
}

}  // namespace

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

Status check_queues(const uint32_t* inputs, size_t input_count, const uint32_t* outputs,
                    size_t output_count) {
  POACL_RETURN_IF_ERROR(check_list(inputs, input_count, "inputQ"));
  POACL_RETURN_IF_ERROR(check_list(outputs, output_count, "outputQ"));
  return Status(ACL_ERROR_GE_EXEC_MODEL_QUEUE_ID_INVALID,
                fmt::format("none of the {} queues given exists: these devices have no queues "
                            "(acltdt); load the model without them and run it with aclmdlExecute",
                            input_count + output_count));
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

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

aclError aclmdlLoadFromFileWithQ(const char* modelPath, uint32_t* modelId, const uint32_t* inputQ,
                                 size_t inputQNum, const uint32_t* outputQ, size_t outputQNum) {
  return entry("aclmdlLoadFromFileWithQ", [&]() -> Status {
    POACL_CHECK_NOT_NULL(modelPath);
    POACL_CHECK_NOT_NULL(modelId);
    return check_queues(inputQ, inputQNum, outputQ, outputQNum);
  });
}

aclError aclmdlLoadFromMemWithQ(const void* model, size_t modelSize, uint32_t* modelId,
                                const uint32_t* inputQ, size_t inputQNum, const uint32_t* outputQ,
                                size_t outputQNum) {
  return entry("aclmdlLoadFromMemWithQ", [&]() -> Status {
    POACL_CHECK_NOT_NULL(modelId);
    POACL_RETURN_IF_ERROR(check_model_bytes(model, modelSize));
    return check_queues(inputQ, inputQNum, outputQ, outputQNum);
  });
}

aclError aclmdlUnload(uint32_t modelId) {
  return entry("aclmdlUnload", [&]() -> Status {
    POACL_RETURN_IF_ERROR(model::check_not_bundled(modelId));
    return model::unload(modelId);
  });
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

aclError aclmdlQueryExeOMDesc(const char* fileName, aclmdlExeOMDesc* mdlPartitionSize) {
  return entry("aclmdlQueryExeOMDesc", [&]() -> Status {
    POACL_CHECK_NOT_NULL(fileName);
    POACL_CHECK_NOT_NULL(mdlPartitionSize);
    POACL_ASSIGN_OR_RETURN(const model::FileParts parts,
                           model::query_parts(fileName, runtime::parallel_width()));
    *mdlPartitionSize = {};
    mdlPartitionSize->workSize = parts.memory.workspace;
    mdlPartitionSize->weightSize = parts.memory.weight;
    mdlPartitionSize->modelDescSize = parts.graph;
    mdlPartitionSize->staticTaskSize = parts.packed;
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
