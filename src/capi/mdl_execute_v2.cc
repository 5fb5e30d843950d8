// Running models with settings, and the settings of a loaded model (spec: model section 2).
#include "acl/acl_mdl.h"
#include "capi/entry.h"
#include "capi/mdl_exec_config.h"
#include "capi/mdl_execute.h"
#include "model/model.h"
#include "runtime/address_check.h"
#include "runtime/runtime.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

constexpr int64_t kNanosecondsPerMs = 1'000'000;
constexpr uint32_t kLeastPriority = 7;

Status check_attribute(aclmdlAttr attr, const aclmdlAttrValue_t* value) {
  POACL_CHECK_NOT_NULL(value);
  if (attr == ACL_MDL_ATTR_PRIORITY_INT32) {
    return runtime::check_memory(value, sizeof(*value), "attrValue", ACL_ERROR_INVALID_PARAM);
  }
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("models have no setting {}: there is {} (priority)",
                            static_cast<int>(attr), static_cast<int>(ACL_MDL_ATTR_PRIORITY_INT32)));
}

}  // namespace

aclError aclmdlExecuteV2(uint32_t modelId, const aclmdlDataset* input, aclmdlDataset* output,
                         aclrtStream stream, const aclmdlExecConfigHandle* handle) {
  return entry("aclmdlExecuteV2", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto config, find_exec_config(handle));
    POACL_ASSIGN_OR_RETURN(const auto target, queue_execution("aclmdlExecuteV2", modelId, input,
                                                              output, stream, true));
    const int32_t milliseconds = config->stream_timeout_ms;
    return target->synchronize(milliseconds < 0 ? -1 : milliseconds * kNanosecondsPerMs);
  });
}

aclError aclmdlExecuteAsyncV2(uint32_t modelId, const aclmdlDataset* input, aclmdlDataset* output,
                              aclrtStream stream, const aclmdlExecConfigHandle* handle) {
  return entry("aclmdlExecuteAsyncV2", [&]() -> Status {
    POACL_RETURN_IF_ERROR(find_exec_config(handle).status());
    POACL_CHECK_NOT_NULL(stream);
    return queue_execution("aclmdlExecuteAsyncV2", modelId, input, output, stream, false).status();
  });
}

aclError aclmdlSetAttribute(uint32_t modelId, aclmdlAttr attr, aclmdlAttrValue_t* attrValue) {
  return entry("aclmdlSetAttribute", [&]() -> Status {
    POACL_RETURN_IF_ERROR(check_attribute(attr, attrValue));
    POACL_ASSIGN_OR_RETURN(const auto loaded, model::find_model(modelId));
    if (attrValue->mdlPriority > kLeastPriority) {
      return Status(ACL_ERROR_INVALID_PARAM, fmt::format("priority {} is not one of 0 to {}",
                                                         attrValue->mdlPriority, kLeastPriority));
    }
    model::priority(*loaded) = attrValue->mdlPriority;
    return {};
  });
}

aclError aclmdlGetAttribute(uint32_t modelId, aclmdlAttr attr, aclmdlAttrValue_t* attrValue) {
  return entry("aclmdlGetAttribute", [&]() -> Status {
    POACL_RETURN_IF_ERROR(check_attribute(attr, attrValue));
    POACL_ASSIGN_OR_RETURN(const auto loaded, model::find_model(modelId));
    *attrValue = {};
    attrValue->mdlPriority = model::priority(*loaded);
    return {};
  });
}
