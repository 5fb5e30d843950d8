// Model descriptions: shapes, gears, names behind short names, operator attributes (spec: model
// section 3).
#include <algorithm>
#include <cstring>
#include <limits>

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/mdl_desc.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

// The only index the gear calls accept.
constexpr size_t kAllInputs = std::numeric_limits<size_t>::max();

Status get_dims(const aclmdlDesc* handle, Side side, size_t index, aclmdlIODims* dims) {
  POACL_CHECK_NOT_NULL(dims);
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, side, index));
  if (port->dims.size() > ACL_MAX_DIM_CNT) {
    return Status(ACL_ERROR_STORAGE_OVER_LIMIT,
                  fmt::format("tensor {} has {} dimensions; aclmdlIODims holds {}", port->dims_name,
                              port->dims.size(), ACL_MAX_DIM_CNT));
  }
  std::memset(dims, 0, sizeof(*dims));
  std::memcpy(dims->name, port->dims_name.data(),
              std::min<size_t>(port->dims_name.size(), ACL_MAX_TENSOR_NAME_LEN - 1));
  dims->dimCount = port->dims.size();
  std::copy(port->dims.begin(), port->dims.end(), dims->dims);
  return {};
}

Status check_gear_index(size_t index) {
  if (index == kAllInputs) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("index {} is not allowed: gears are those of all inputs together, pass "
                            "-1",
                            index));
}

}  // namespace

aclError aclmdlGetInputDims(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims) {
  return entry("aclmdlGetInputDims",
               [&] { return get_dims(modelDesc, Side::kInput, index, dims); });
}

// Differs from the plain form for inputs with AIPP only.
aclError aclmdlGetInputDimsV2(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims) {
  return entry("aclmdlGetInputDimsV2",
               [&] { return get_dims(modelDesc, Side::kInput, index, dims); });
}

aclError aclmdlGetOutputDims(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims) {
  return entry("aclmdlGetOutputDims",
               [&] { return get_dims(modelDesc, Side::kOutput, index, dims); });
}

aclError aclmdlGetCurOutputDims(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims) {
  return entry("aclmdlGetCurOutputDims", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto* desc, filled_desc(modelDesc));
    if (desc->model_id == 0) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    "the description is of a file, which has no current shape: load the model and "
                    "fill the description with aclmdlGetDesc");
    }
    if (desc->dynamic) {
      return Status(ACL_ERROR_API_NOT_SUPPORT,
                    "shapes of this model's outputs are known after each execution: read "
                    "aclmdlGetDatasetTensorDesc of its output dataset");
    }
    return get_dims(modelDesc, Side::kOutput, index, dims);
  });
}

aclError aclmdlGetDynamicBatch(const aclmdlDesc* modelDesc, aclmdlBatch* batch) {
  return entry("aclmdlGetDynamicBatch", [&]() -> Status {
    POACL_CHECK_NOT_NULL(batch);
    POACL_RETURN_IF_ERROR(filled_desc(modelDesc).status());
    std::memset(batch, 0, sizeof(*batch));
    return {};
  });
}

aclError aclmdlGetDynamicHW(const aclmdlDesc* modelDesc, size_t, aclmdlHW* hw) {
  return entry("aclmdlGetDynamicHW", [&]() -> Status {
    POACL_CHECK_NOT_NULL(hw);
    POACL_RETURN_IF_ERROR(filled_desc(modelDesc).status());
    std::memset(hw, 0, sizeof(*hw));
    return {};
  });
}

aclError aclmdlGetInputDynamicGearCount(const aclmdlDesc* modelDesc, size_t index,
                                        size_t* gearCount) {
  return entry("aclmdlGetInputDynamicGearCount", [&]() -> Status {
    POACL_CHECK_NOT_NULL(gearCount);
    POACL_RETURN_IF_ERROR(filled_desc(modelDesc).status());
    POACL_RETURN_IF_ERROR(check_gear_index(index));
    *gearCount = 0;
    return {};
  });
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
