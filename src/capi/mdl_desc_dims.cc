// Model descriptions: shapes, names behind short names, operator attributes (spec: model section
// 3). Gears and ranges are in mdl_desc_gears.cc.
#include <algorithm>
#include <cstring>

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/mdl_desc.h"

namespace poacl::capi {

Status write_dims(const std::string& name, const Dims& dims, aclmdlIODims* out) {
  if (dims.size() > ACL_MAX_DIM_CNT) {
    return Status(ACL_ERROR_STORAGE_OVER_LIMIT, fmt::format("{} has {} dimensions; aclmdlIODims "
                                                            "holds {}",
                                                            name, dims.size(), ACL_MAX_DIM_CNT));
  }
  std::memset(out, 0, sizeof(*out));
  std::memcpy(out->name, name.data(), std::min<size_t>(name.size(), ACL_MAX_TENSOR_NAME_LEN - 1));
  out->dimCount = dims.size();
  std::copy(dims.begin(), dims.end(), out->dims);
  return {};
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

namespace {

Status get_dims(const aclmdlDesc* handle, Side side, size_t index, aclmdlIODims* dims) {
  POACL_CHECK_NOT_NULL(dims);
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, side, index));
  return write_dims(port->dims_name, port->aipp == nullptr ? port->dims : port->aipp->dims, dims);
}

// Pictures of static AIPP as their bytes lie in the buffer.
Status get_stored_dims(const aclmdlDesc* handle, size_t index, aclmdlIODims* dims) {
  POACL_CHECK_NOT_NULL(dims);
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, Side::kInput, index));
  const bool open = port->aipp != nullptr && port->aipp->kind == model::AippKind::kDynamic;
  return write_dims(port->dims_name, open ? port->aipp->dims : port->dims, dims);
}

}  // namespace

aclError aclmdlGetInputDims(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims) {
  return entry("aclmdlGetInputDims",
               [&] { return get_dims(modelDesc, Side::kInput, index, dims); });
}

// Differs from the plain form for inputs with AIPP only.
aclError aclmdlGetInputDimsV2(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims) {
  return entry("aclmdlGetInputDimsV2", [&] { return get_stored_dims(modelDesc, index, dims); });
}

aclError aclmdlGetOutputDims(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims) {
  return entry("aclmdlGetOutputDims",
               [&] { return get_dims(modelDesc, Side::kOutput, index, dims); });
}

const char* aclmdlGetTensorRealName(const aclmdlDesc* modelDesc, const char* name) {
  return answer<const char*>("aclmdlGetTensorRealName", nullptr, [&]() -> Result<const char*> {
    POACL_CHECK_NOT_NULL(name);
    POACL_ASSIGN_OR_RETURN(const auto* desc, filled_desc(modelDesc));
    for (const auto* ports : {&desc->inputs, &desc->outputs}) {
      for (const auto& port : *ports) {
        if (port.dims_name == name || port.name == name) return port.name.c_str();
      }
    }
    return Status(ACL_ERROR_INVALID_PARAM, fmt::format("the model has no input or output named {}",
                                                       std::string_view(name).substr(0, 128)));
  });
}

const char* aclmdlGetOpAttr(aclmdlDesc* modelDesc, const char* opName, const char* attr) {
  return answer<const char*>("aclmdlGetOpAttr", nullptr, [&]() -> Result<const char*> {
    POACL_CHECK_NOT_NULL(opName);
    POACL_CHECK_NOT_NULL(attr);
    POACL_ASSIGN_OR_RETURN(const auto* desc, filled_desc(modelDesc));
    if (std::strcmp(attr, ACL_ATTR_NAME_DATA_DUMP_ORIGIN_OP_NAMES) != 0) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("attribute {} cannot be asked for: only {} can",
                                std::string_view(attr).substr(0, 128),
                                ACL_ATTR_NAME_DATA_DUMP_ORIGIN_OP_NAMES));
    }
    if (desc->model_id == 0) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    "the description is of a file: load the model and fill the description with "
                    "aclmdlGetDesc");
    }
    const auto it = desc->origins.find(opName);
    return it == desc->origins.end() ? "" : it->second.c_str();
  });
}
