// The operator of a task that failed (spec: model section 10).
#include <cstring>

#include "acl/acl_mdl.h"
#include "capi/entry.h"
#include "capi/tensor_desc.h"
#include "model/model.h"
#include "runtime/address_check.h"
#include "runtime/runtime.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

std::shared_ptr<ApiTensorDesc> make_desc(const model::OpTensor& tensor) {
  auto desc = std::make_shared<ApiTensorDesc>();
  desc->dtype = static_cast<aclDataType>(tensor.dtype);
  desc->format = static_cast<aclFormat>(tensor.format);
  desc->dims = tensor.dims;
  desc->storage_format = desc->format;
  desc->storage_dims = tensor.dims;
  desc->address = const_cast<void*>(tensor.address);
  return desc;
}

// The first of an array, which owns the others; null for none.
aclTensorDesc* make_array(const std::vector<model::OpTensor>& tensors) {
  if (tensors.empty()) return nullptr;
  auto head = make_desc(tensors[0]);
  for (size_t i = 1; i < tensors.size(); ++i) {
    auto next = make_desc(tensors[i]);
    next->owned_by_array = true;
    head->following.push_back(insert_tensor_desc(std::move(next)));
  }
  return insert_tensor_desc(std::move(head));
}

Status copy_name(const std::string& name, char* to, size_t size) {
  if (name.size() >= size) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("the operator's name has {} characters and needs {} bytes, but there "
                              "are {}",
                              name.size(), name.size() + 1, size));
  }
  std::memcpy(to, name.c_str(), name.size() + 1);
  return {};
}

}  // namespace

aclError aclmdlCreateAndGetOpDesc(uint32_t deviceId, uint32_t streamId, uint32_t taskId,
                                  char* opName, size_t opNameLen, aclTensorDesc** inputDesc,
                                  size_t* numInputs, aclTensorDesc** outputDesc,
                                  size_t* numOutputs) {
  return entry("aclmdlCreateAndGetOpDesc", [&]() -> Status {
    POACL_CHECK_NOT_NULL(opName);
    POACL_CHECK_NOT_NULL(inputDesc);
    POACL_CHECK_NOT_NULL(numInputs);
    POACL_CHECK_NOT_NULL(outputDesc);
    POACL_CHECK_NOT_NULL(numOutputs);
    POACL_RETURN_IF_ERROR(
        runtime::check_memory(opName, opNameLen, "opName", ACL_ERROR_INVALID_PARAM));
    POACL_ASSIGN_OR_RETURN(const model::OpInfo op,
                           model::find_operator({deviceId, streamId, taskId}));
    POACL_RETURN_IF_ERROR(copy_name(op.name, opName, opNameLen));
    *inputDesc = make_array(op.inputs);
    *numInputs = op.inputs.size();
    *outputDesc = make_array(op.outputs);
    *numOutputs = op.outputs.size();
    return {};
  });
}
