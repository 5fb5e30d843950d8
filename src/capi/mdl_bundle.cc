// Bundles: files of several models (spec: model section 9).
#include "acl/acl_mdl.h"
#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/mdl_config.h"
#include "capi/mdl_load.h"
#include "model/bundle.h"
#include "runtime/address_check.h"
#include "runtime/runtime.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

// The object behind aclmdlBundleQueryInfo.
struct QueryInfo {
  std::mutex mutex;
  bool filled = false;
  model::BundleSizes sizes;
};

HandleTable<QueryInfo>& table() {
  static auto* const infos = new HandleTable<QueryInfo>;
  return *infos;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& table_made_early = table();

Result<std::shared_ptr<QueryInfo>> find_info(const aclmdlBundleQueryInfo* handle) {
  return find_handle(table(), handle, "queryInfo", "aclmdlBundleCreateQueryInfo");
}

Result<model::BundleSizes> filled_info(const aclmdlBundleQueryInfo* handle) {
  POACL_ASSIGN_OR_RETURN(const auto info, find_info(handle));
  std::lock_guard lock(info->mutex);
  if (info->filled) return info->sizes;
  return Status(ACL_ERROR_INVALID_PARAM,
                "the query info is empty: fill it with aclmdlBundleQueryInfoFromFile or "
                "aclmdlBundleQueryInfoFromMem");
}

Status fill_info(aclmdlBundleQueryInfo* handle, const model::BundleBytes& bytes) {
  POACL_ASSIGN_OR_RETURN(const auto info, find_info(handle));
  POACL_ASSIGN_OR_RETURN(model::BundleSizes sizes,
                         model::query_bundle(bytes, runtime::parallel_width()));
  std::lock_guard lock(info->mutex);
  info->filled = true;
  info->sizes = std::move(sizes);
  return {};
}

Status load(model::BundleBytes bytes, uint32_t* id) {
  model::LoadOptions options;
  POACL_RETURN_IF_ERROR(set_machine(&options));
  POACL_ASSIGN_OR_RETURN(*id, model::load_bundle(std::move(bytes), options));
  return {};
}

Status open(model::BundleBytes bytes, void* variables, size_t variable_size, uint32_t* id) {
  POACL_RETURN_IF_ERROR(runtime::current_context().status());
  if (variables != nullptr) {
    POACL_RETURN_IF_ERROR(
        runtime::check_memory(variables, variable_size, "varWeightPtr", ACL_ERROR_INVALID_PARAM));
  }
  POACL_ASSIGN_OR_RETURN(*id, model::open_bundle(std::move(bytes), variables, variable_size));
  return {};
}

Status load_one(uint32_t bundle, size_t index, model::LoadOptions options, uint32_t* id) {
  POACL_CHECK_NOT_NULL(id);
  POACL_RETURN_IF_ERROR(set_machine(&options));
  POACL_ASSIGN_OR_RETURN(*id, model::load_of_bundle(bundle, index, options));
  return {};
}

}  // namespace

aclError aclmdlBundleLoadFromFile(const char* modelPath, uint32_t* bundleId) {
  return entry("aclmdlBundleLoadFromFile", [&]() -> Status {
    POACL_CHECK_NOT_NULL(modelPath);
    POACL_CHECK_NOT_NULL(bundleId);
    POACL_ASSIGN_OR_RETURN(auto bytes, model::open_bundle(modelPath));
    return load(std::move(bytes), bundleId);
  });
}

aclError aclmdlBundleLoadFromMem(const void* model, size_t modelSize, uint32_t* bundleId) {
  return entry("aclmdlBundleLoadFromMem", [&]() -> Status {
    POACL_CHECK_NOT_NULL(bundleId);
    POACL_RETURN_IF_ERROR(check_model_bytes(model, modelSize));
    return load(model::copy_bundle(model, modelSize), bundleId);
  });
}

aclError aclmdlBundleUnload(uint32_t bundleId) {
  return entry("aclmdlBundleUnload", [&] { return model::unload_bundle(bundleId); });
}

aclError aclmdlBundleGetModelNum(uint32_t bundleId, size_t* modelNum) {
  return entry("aclmdlBundleGetModelNum", [&]() -> Status {
    POACL_CHECK_NOT_NULL(modelNum);
    POACL_ASSIGN_OR_RETURN(*modelNum, model::bundle_count(bundleId));
    return {};
  });
}

aclError aclmdlBundleGetModelId(uint32_t bundleId, size_t index, uint32_t* modelId) {
  return entry("aclmdlBundleGetModelId", [&]() -> Status {
    POACL_CHECK_NOT_NULL(modelId);
    POACL_ASSIGN_OR_RETURN(*modelId, model::bundle_model(bundleId, index));
    return {};
  });
}

aclmdlBundleQueryInfo* aclmdlBundleCreateQueryInfo() {
  return answer<aclmdlBundleQueryInfo*>(
      "aclmdlBundleCreateQueryInfo", nullptr, []() -> Result<aclmdlBundleQueryInfo*> {
        return static_cast<aclmdlBundleQueryInfo*>(table().insert(std::make_shared<QueryInfo>()));
      });
}

aclError aclmdlBundleDestroyQueryInfo(aclmdlBundleQueryInfo* queryInfo) {
  return entry("aclmdlBundleDestroyQueryInfo", [&]() -> Status {
    if (table().remove(queryInfo) != nullptr) return {};
    return find_info(queryInfo).status();
  });
}

aclError aclmdlBundleQueryInfoFromFile(const char* fileName, aclmdlBundleQueryInfo* queryInfo) {
  return entry("aclmdlBundleQueryInfoFromFile", [&]() -> Status {
    POACL_CHECK_NOT_NULL(fileName);
    POACL_RETURN_IF_ERROR(find_info(queryInfo).status());
    POACL_ASSIGN_OR_RETURN(const auto bytes, model::open_bundle(fileName));
    return fill_info(queryInfo, bytes);
  });
}

aclError aclmdlBundleQueryInfoFromMem(const void* model, size_t modelSize,
                                      aclmdlBundleQueryInfo* queryInfo) {
  return entry("aclmdlBundleQueryInfoFromMem", [&]() -> Status {
    POACL_RETURN_IF_ERROR(find_info(queryInfo).status());
    POACL_RETURN_IF_ERROR(check_model_bytes(model, modelSize));
    return fill_info(queryInfo, model::borrow_bundle(model, modelSize));
  });
}

aclError aclmdlBundleGetQueryModelNum(const aclmdlBundleQueryInfo* queryInfo, size_t* modelNum) {
  return entry("aclmdlBundleGetQueryModelNum", [&]() -> Status {
    POACL_CHECK_NOT_NULL(modelNum);
    POACL_ASSIGN_OR_RETURN(const model::BundleSizes sizes, filled_info(queryInfo));
    *modelNum = sizes.models.size();
    return {};
  });
}

aclError aclmdlBundleGetVarWeightSize(const aclmdlBundleQueryInfo* queryInfo,
                                      size_t* variableWeightSize) {
  return entry("aclmdlBundleGetVarWeightSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(variableWeightSize);
    POACL_ASSIGN_OR_RETURN(const model::BundleSizes sizes, filled_info(queryInfo));
    *variableWeightSize = sizes.variables;
    return {};
  });
}

aclError aclmdlBundleGetSize(const aclmdlBundleQueryInfo* queryInfo, size_t index, size_t* workSize,
                             size_t* constWeightSize) {
  return entry("aclmdlBundleGetSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(workSize);
    POACL_CHECK_NOT_NULL(constWeightSize);
    POACL_ASSIGN_OR_RETURN(const model::BundleSizes sizes, filled_info(queryInfo));
    if (index >= sizes.models.size()) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("index {} is out of range: the bundle has {} models", index,
                                sizes.models.size()));
    }
    *workSize = sizes.models[index].workspace;
    *constWeightSize = sizes.models[index].weight;
    return {};
  });
}

aclError aclmdlBundleInitFromFile(const char* modelPath, void* varWeightPtr, size_t varWeightSize,
                                  uint32_t* bundleId) {
  return entry("aclmdlBundleInitFromFile", [&]() -> Status {
    POACL_CHECK_NOT_NULL(modelPath);
    POACL_CHECK_NOT_NULL(bundleId);
    POACL_ASSIGN_OR_RETURN(auto bytes, model::open_bundle(modelPath));
    return open(std::move(bytes), varWeightPtr, varWeightSize, bundleId);
  });
}

aclError aclmdlBundleInitFromMem(const void* model, size_t modelSize, void* varWeightPtr,
                                 size_t varWeightSize, uint32_t* bundleId) {
  return entry("aclmdlBundleInitFromMem", [&]() -> Status {
    POACL_CHECK_NOT_NULL(bundleId);
    POACL_RETURN_IF_ERROR(check_model_bytes(model, modelSize));
    return open(model::copy_bundle(model, modelSize), varWeightPtr, varWeightSize, bundleId);
  });
}

aclError aclmdlBundleLoadModel(uint32_t bundleId, size_t index, uint32_t* modelId) {
  return entry("aclmdlBundleLoadModel", [&] { return load_one(bundleId, index, {}, modelId); });
}

aclError aclmdlBundleLoadModelWithMem(uint32_t bundleId, size_t index, void* workPtr,
                                      size_t workSize, void* weightPtr, size_t weightSize,
                                      uint32_t* modelId) {
  return entry("aclmdlBundleLoadModelWithMem", [&]() -> Status {
    model::LoadOptions options;
    POACL_RETURN_IF_ERROR(set_memory(workPtr, workSize, weightPtr, weightSize, &options));
    return load_one(bundleId, index, options, modelId);
  });
}

aclError aclmdlBundleLoadModelWithConfig(uint32_t bundleId, size_t index,
                                         aclmdlConfigHandle* handle, uint32_t* modelId) {
  return entry("aclmdlBundleLoadModelWithConfig", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const LoadConfig config, find_config(handle));
    POACL_ASSIGN_OR_RETURN(model::LoadOptions options, load_options(config, true));
    return load_one(bundleId, index, std::move(options), modelId);
  });
}

aclError aclmdlBundleUnloadModel(uint32_t bundleId, uint32_t modelId) {
  return entry("aclmdlBundleUnloadModel",
               [&] { return model::unload_of_bundle(bundleId, modelId); });
}
