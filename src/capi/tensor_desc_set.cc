// Tensor descriptions: the setters (spec: util section 4).
#include <cstring>

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/tensor_desc.h"
#include "runtime/address_check.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

// The format setters answer a null description with success.
template <typename F>
aclError set_format(const char* api, aclTensorDesc* handle, F&& apply) {
  if (handle == nullptr) return ACL_SUCCESS;
  return entry(api, [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto desc, find_tensor_desc(handle));
    apply(*desc);
    return {};
  });
}

aclError set_dims(const char* api, aclTensorDesc* handle, int count, const int64_t* dims,
                  Dims ApiTensorDesc::*member) {
  return entry(api, [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto desc, find_tensor_desc(handle));
    POACL_ASSIGN_OR_RETURN((*desc).*member, dims_argument(count, dims));
    return {};
  });
}

aclError set_range(const char* api, aclTensorDesc* handle, size_t count, int64_t (*range)[2],
                   std::vector<Range> ApiTensorDesc::*member) {
  return entry(api, [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto desc, find_tensor_desc(handle));
    if (count > 0 && range == nullptr) return null_argument("range");
    std::vector<Range> list;
    for (size_t i = 0; i < count; ++i) list.push_back({range[i][0], range[i][1]});
    (*desc).*member = std::move(list);
    return {};
  });
}

}  // namespace

aclError aclSetTensorShapeRange(aclTensorDesc* desc, size_t dimsCount, int64_t dimsRange[][2]) {
  return set_range("aclSetTensorShapeRange", desc, dimsCount, dimsRange,
                   &ApiTensorDesc::shape_range);
}

aclError aclSetTensorValueRange(aclTensorDesc* desc, size_t valueCount, int64_t valueRange[][2]) {
  return set_range("aclSetTensorValueRange", desc, valueCount, valueRange,
                   &ApiTensorDesc::value_range);
}

void aclSetTensorDescName(aclTensorDesc* desc, const char* name) {
  entry("aclSetTensorDescName", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    object->name = name == nullptr ? "" : name;
    return {};
  });
}

aclError aclSetTensorStorageFormat(aclTensorDesc* desc, aclFormat format) {
  return set_format("aclSetTensorStorageFormat", desc,
                    [format](ApiTensorDesc& d) { d.storage_format = format; });
}

aclError aclSetTensorFormat(aclTensorDesc* desc, aclFormat format) {
  return set_format("aclSetTensorFormat", desc,
                    [format](ApiTensorDesc& d) { d.storage_format = format; });
}

aclError aclSetTensorOriginFormat(aclTensorDesc* desc, aclFormat format) {
  return set_format("aclSetTensorOriginFormat", desc,
                    [format](ApiTensorDesc& d) { d.format = format; });
}

aclError aclSetTensorStorageShape(aclTensorDesc* desc, int numDims, const int64_t* dims) {
  return set_dims("aclSetTensorStorageShape", desc, numDims, dims, &ApiTensorDesc::storage_dims);
}

aclError aclSetTensorShape(aclTensorDesc* desc, int numDims, const int64_t* dims) {
  return set_dims("aclSetTensorShape", desc, numDims, dims, &ApiTensorDesc::storage_dims);
}

aclError aclSetTensorOriginShape(aclTensorDesc* desc, int numDims, const int64_t* dims) {
  return set_dims("aclSetTensorOriginShape", desc, numDims, dims, &ApiTensorDesc::dims);
}

aclError aclSetTensorDynamicInput(aclTensorDesc* desc, const char* dynamicInputName) {
  return entry("aclSetTensorDynamicInput", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dynamicInputName);
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    object->dynamic_input = dynamicInputName;
    return {};
  });
}

aclError aclSetTensorConst(aclTensorDesc* desc, void* dataBuffer, size_t length) {
  return entry("aclSetTensorConst", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dataBuffer);
    if (length == 0)
      return Status(ACL_ERROR_INVALID_PARAM, "length is 0: pass the bytes there are");
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    POACL_RETURN_IF_ERROR(
        runtime::check_memory(dataBuffer, length, "dataBuffer", ACL_ERROR_INVALID_PARAM));
    const auto* bytes = static_cast<const std::byte*>(dataBuffer);
    object->constant.assign(bytes, bytes + length);
    return {};
  });
}

aclError aclSetTensorPlaceMent(aclTensorDesc* desc, aclMemType memType) {
  return entry("aclSetTensorPlaceMent", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    if (memType < ACL_MEMTYPE_DEVICE || memType > ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("memType {} is not 0 (device), 1 (host) or 2 (host, compile "
                                "independent)",
                                static_cast<int>(memType)));
    }
    object->placement = memType;
    return {};
  });
}
