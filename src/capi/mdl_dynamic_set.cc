// Choosing the gear of the next execution (spec: model section 6, dynamic-shape section 4).
#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "acl/acl_mdl.h"
#include "capi/entry.h"
#include "capi/mdl_dataset.h"
#include "capi/mdl_gear.h"
#include "runtime/address_check.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

Status invalid(std::string sentence) {
  return Status(ACL_ERROR_INVALID_PARAM, std::move(sentence));
}

const char* setter_of(GearKind kind) {
  switch (kind) {
    case GearKind::kBatch:
      return "it has batch sizes to choose from: call aclmdlSetDynamicBatchSize";
    case GearKind::kImage:
      return "it has picture sizes to choose from: call aclmdlSetDynamicHWSize";
    case GearKind::kDims:
      return "it has shapes to choose from: call aclmdlSetInputDynamicDims";
    default:
      return "it was converted without gears (atc --dynamic_batch_size, --dynamic_image_size, "
             "--dynamic_dims)";
  }
}

// What one call changes, found and checked as far as the kinds of gears have it in common.
struct Target {
  std::shared_ptr<Dataset> dataset;
  std::shared_ptr<model::LoadedModel> model;
  std::shared_ptr<const model::Description> description;
};

Result<Target> find_target(uint32_t id, aclmdlDataset* handle, GearKind kind) {
  Target target;
  POACL_ASSIGN_OR_RETURN(target.dataset, find_dataset(handle, "dataset"));
  POACL_ASSIGN_OR_RETURN(target.model, model::find_model(id));
  target.description = model::description(*target.model);
  const model::Description& description = *target.description;
  if (description.gear_kind == kind) return target;
  return Status(ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID,
                fmt::format("model {} ({}) cannot be set so: {}", id, description.name,
                            description.gears.empty() && description.dynamic
                                ? "its shapes are open; set them with aclmdlSetDatasetTensorDesc"
                                : setter_of(description.gear_kind)));
}

// The data buffer of the input that chooses.
Result<std::shared_ptr<DataBuffer>> find_buffer(const Target& target, size_t index) {
  const auto& entries = target.dataset->entries;
  const size_t wanted = target.description->gear_input();
  if (index != wanted) {
    return invalid(
        fmt::format("index {} is not the input that chooses the gear: that is {} "
                    "(aclmdlGetInputIndexByName with \"{}\" tells)",
                    index, wanted, kGearInput));
  }
  if (index >= entries.size()) {
    return invalid(
        fmt::format("the dataset has {} buffers, but the gear is written into buffer "
                    "{}: add one of aclmdlGetInputSizeByIndex bytes",
                    entries.size(), index));
  }
  const auto& buffer = entries[index].buffer;
  if (!buffer->alive) {
    return invalid(fmt::format("data buffer {} of the dataset was destroyed", index));
  }
  if (buffer->data == nullptr) {
    return invalid(
        fmt::format("the address of data buffer {} is null; the gear is written there: "
                    "allocate aclmdlGetInputSizeByIndex bytes for it",
                    index));
  }
  return buffer;
}

template <typename T>
void write_as(void* to, const std::vector<int64_t>& values) {
  std::vector<T> numbers;
  for (const int64_t value : values) numbers.push_back(static_cast<T>(value));
  std::memcpy(to, numbers.data(), numbers.size() * sizeof(T));
}

Status set_gear(const Target& target, size_t index, std::vector<int64_t> values) {
  POACL_ASSIGN_OR_RETURN(const auto buffer, find_buffer(target, index));
  POACL_ASSIGN_OR_RETURN(const size_t gear, find_gear(*target.description, values));
  const size_t size = buffer->size;
  void* const data = buffer->data;
  if (size < values.size() * sizeof(int32_t)) {
    return Status(ACL_ERROR_GE_DYNAMIC_INPUT_LENGTH_INVALID,
                  fmt::format("data buffer {} has {} bytes, but the gear's {} numbers need {}",
                              index, size, values.size(), values.size() * sizeof(int32_t)));
  }
  const bool wide = size >= values.size() * sizeof(int64_t);
  const size_t written = values.size() * (wide ? sizeof(int64_t) : sizeof(int32_t));
  POACL_RETURN_IF_ERROR(
      runtime::check_memory(data, written, "the data buffer's memory", ACL_ERROR_INVALID_PARAM));
  if (wide) {
    write_as<int64_t>(data, values);
  } else {
    write_as<int32_t>(data, values);
  }
  target.dataset->gear = std::move(values);
  model::set_current_gear(*target.model, gear);
  return {};
}

// A size as the API takes it; one that no signed number holds is no gear of any model.
int64_t as_size(uint64_t value) {
  constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::min(value, kMost));
}

// The sizes that differ between gears, out of all dimensions of all inputs.
Result<std::vector<int64_t>> open_sizes(const model::Description& description,
                                        const aclmdlIODims& dims) {
  std::vector<int64_t> pattern;
  for (const size_t input : description.gear_order) {
    const Dims& own = description.inputs[input].dims;
    pattern.insert(pattern.end(), own.begin(), own.end());
  }
  const Dims given(dims.dims, dims.dims + std::min<size_t>(dims.dimCount, ACL_MAX_DIM_CNT));
  bool fits = dims.dimCount == pattern.size() && given.size() == pattern.size();
  std::vector<int64_t> open;
  for (size_t i = 0; fits && i < pattern.size(); ++i) {
    fits = pattern[i] == -1 || pattern[i] == given[i];
    if (pattern[i] == -1) open.push_back(given[i]);
  }
  if (fits) return open;
  return Status(ACL_ERROR_GE_DYNAMIC_INPUT_LENGTH_INVALID,
                fmt::format("the {} dimensions {} are not those of model {}: all inputs together "
                            "have {} in the order of conversion, where only -1 can be chosen: {}",
                            dims.dimCount, dims_to_string(given), description.model_id,
                            pattern.size(), dims_to_string(pattern)));
}

}  // namespace

aclError aclmdlSetDynamicBatchSize(uint32_t modelId, aclmdlDataset* dataset, size_t index,
                                   uint64_t batchSize) {
  return entry("aclmdlSetDynamicBatchSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dataset);
    if (batchSize == 0) return invalid("batchSize is 0: pass one of the model's batch sizes");
    POACL_ASSIGN_OR_RETURN(const Target target, find_target(modelId, dataset, GearKind::kBatch));
    return set_gear(target, index, {as_size(batchSize)});
  });
}

aclError aclmdlSetDynamicHWSize(uint32_t modelId, aclmdlDataset* dataset, size_t index,
                                uint64_t height, uint64_t width) {
  return entry("aclmdlSetDynamicHWSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dataset);
    if (height == 0 || width == 0) {
      return invalid(
          fmt::format("the picture size {}x{} is empty: pass one of the model's", height, width));
    }
    POACL_ASSIGN_OR_RETURN(const Target target, find_target(modelId, dataset, GearKind::kImage));
    return set_gear(target, index, {as_size(height), as_size(width)});
  });
}

aclError aclmdlSetInputDynamicDims(uint32_t modelId, aclmdlDataset* dataset, size_t index,
                                   const aclmdlIODims* dims) {
  return entry("aclmdlSetInputDynamicDims", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dataset);
    POACL_CHECK_NOT_NULL(dims);
    POACL_RETURN_IF_ERROR(
        runtime::check_memory(dims, sizeof(*dims), "dims", ACL_ERROR_INVALID_PARAM));
    if (dims->dimCount == 0) {
      return invalid("dimCount is 0: pass all dimensions of all inputs");
    }
    POACL_ASSIGN_OR_RETURN(const Target target, find_target(modelId, dataset, GearKind::kDims));
    POACL_ASSIGN_OR_RETURN(auto values, open_sizes(*target.description, *dims));
    return set_gear(target, index, std::move(values));
  });
}
