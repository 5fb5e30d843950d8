// Model descriptions: gears and ranges of shapes (spec: model section 3, dynamic-shape section 5).
#include <cstring>
#include <limits>

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/mdl_desc.h"
#include "runtime/address_check.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

// The only index the gear calls accept.
constexpr size_t kAllInputs = std::numeric_limits<size_t>::max();

Status check_gear_index(size_t index) {
  if (index == kAllInputs) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("index {} is not allowed: gears are those of all inputs together, pass "
                            "-1",
                            index));
}

// The description with gears of this kind; null for a model that has none of them.
Result<const model::Description*> gears_of(const aclmdlDesc* handle, GearKind kind) {
  POACL_ASSIGN_OR_RETURN(const auto* desc, filled_desc(handle));
  return desc->gear_kind == kind ? desc : nullptr;
}

Status check_room(const model::Description& desc, size_t room, const char* structure) {
  if (desc.gears.size() <= room) return {};
  return Status(ACL_ERROR_STORAGE_OVER_LIMIT, fmt::format("the model has {} gears; {} holds {}",
                                                          desc.gears.size(), structure, room));
}

Status get_current_output_dims(const aclmdlDesc* handle, size_t index, aclmdlIODims* dims) {
  POACL_CHECK_NOT_NULL(dims);
  POACL_ASSIGN_OR_RETURN(const auto* desc, filled_desc(handle));
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
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, Side::kOutput, index));
  if (desc->gears.empty()) return write_dims(port->dims_name, port->dims, dims);
  POACL_ASSIGN_OR_RETURN(const auto loaded, model::find_model(desc->model_id));
  const size_t gear = model::current_gear(*loaded).value_or(desc->largest_gear);
  return write_dims(port->dims_name, desc->output_dims(gear, index), dims);
}

Status get_range(const aclmdlDesc* handle, size_t index, aclmdlIODimsRange* out) {
  POACL_CHECK_NOT_NULL(out);
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, Side::kInput, index));
  const auto& range = port->range;
  if (range.size() > ACL_MAX_DIM_CNT) {
    return Status(ACL_ERROR_STORAGE_OVER_LIMIT,
                  fmt::format("tensor {} has {} dimensions; aclmdlIODimsRange holds {}",
                              port->dims_name, range.size(), ACL_MAX_DIM_CNT));
  }
  std::memset(out, 0, sizeof(*out));
  out->rangeCount = range.size();
  for (size_t i = 0; i < range.size(); ++i) {
    out->range[i][0] = range[i].min;
    out->range[i][1] = range[i].max;
  }
  return {};
}

}  // namespace

aclError aclmdlGetCurOutputDims(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims) {
  return entry("aclmdlGetCurOutputDims",
               [&] { return get_current_output_dims(modelDesc, index, dims); });
}

aclError aclmdlGetDynamicBatch(const aclmdlDesc* modelDesc, aclmdlBatch* batch) {
  return entry("aclmdlGetDynamicBatch", [&]() -> Status {
    POACL_CHECK_NOT_NULL(batch);
    POACL_ASSIGN_OR_RETURN(const auto* desc, gears_of(modelDesc, GearKind::kBatch));
    if (desc != nullptr) {
      POACL_RETURN_IF_ERROR(check_room(*desc, ACL_MAX_BATCH_NUM, "aclmdlBatch"));
    }
    std::memset(batch, 0, sizeof(*batch));
    if (desc == nullptr) return {};
    for (const auto& gear : desc->gears) {
      batch->batch[batch->batchCount++] = static_cast<uint64_t>(gear.values[0]);
    }
    return {};
  });
}

aclError aclmdlGetDynamicHW(const aclmdlDesc* modelDesc, size_t, aclmdlHW* hw) {
  return entry("aclmdlGetDynamicHW", [&]() -> Status {
    POACL_CHECK_NOT_NULL(hw);
    POACL_ASSIGN_OR_RETURN(const auto* desc, gears_of(modelDesc, GearKind::kImage));
    if (desc != nullptr) POACL_RETURN_IF_ERROR(check_room(*desc, ACL_MAX_HW_NUM, "aclmdlHW"));
    std::memset(hw, 0, sizeof(*hw));
    if (desc == nullptr) return {};
    for (const auto& gear : desc->gears) {
      hw->hw[hw->hwCount][0] = static_cast<uint64_t>(gear.values[0]);
      hw->hw[hw->hwCount++][1] = static_cast<uint64_t>(gear.values[1]);
    }
    return {};
  });
}

aclError aclmdlGetInputDynamicGearCount(const aclmdlDesc* modelDesc, size_t index,
                                        size_t* gearCount) {
  return entry("aclmdlGetInputDynamicGearCount", [&]() -> Status {
    POACL_CHECK_NOT_NULL(gearCount);
    POACL_ASSIGN_OR_RETURN(const auto* desc, gears_of(modelDesc, GearKind::kDims));
    POACL_RETURN_IF_ERROR(check_gear_index(index));
    *gearCount = desc == nullptr ? 0 : desc->gears.size();
    return {};
  });
}

aclError aclmdlGetInputDynamicDims(const aclmdlDesc* modelDesc, size_t index, aclmdlIODims* dims,
                                   size_t gearCount) {
  return entry("aclmdlGetInputDynamicDims", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dims);
    POACL_ASSIGN_OR_RETURN(const auto* desc, gears_of(modelDesc, GearKind::kDims));
    POACL_RETURN_IF_ERROR(check_gear_index(index));
    const size_t gears = desc == nullptr ? 0 : desc->gears.size();
    if (gearCount < gears) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("gearCount {} is too small: the model has {} gears "
                                "(aclmdlGetInputDynamicGearCount tells)",
                                gearCount, gears));
    }
    POACL_RETURN_IF_ERROR(
        runtime::check_memory(dims, gears * sizeof(*dims), "dims", ACL_ERROR_INVALID_PARAM));
    for (size_t i = 0; i < gears; ++i) {
      Dims all;
      for (const size_t input : desc->gear_order) {
        const Dims& own = desc->gears[i].inputs[input];
        all.insert(all.end(), own.begin(), own.end());
      }
      POACL_RETURN_IF_ERROR(write_dims("", all, &dims[i]));
    }
    return {};
  });
}

aclError aclmdlGetInputDimsRange(const aclmdlDesc* modelDesc, size_t index,
                                 aclmdlIODimsRange* dimsRange) {
  return entry("aclmdlGetInputDimsRange", [&] { return get_range(modelDesc, index, dimsRange); });
}
