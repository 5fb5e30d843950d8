// AIPP of a model's inputs: what kind it is, and giving a dataset the parameters of dynamic AIPP
// (spec: model section 7).
#include <algorithm>
#include <cstring>

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/mdl_aipp.h"
#include "capi/mdl_aipp_checks.h"
#include "capi/mdl_buffer_checks.h"
#include "capi/mdl_dataset.h"
#include "model/model.h"
#include "runtime/address_check.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

using model::AippKind;
using model::AippPort;
using model::Description;

constexpr size_t kNothingAttached = 0xFFFFFFFF;
// The widest picture that padding may make.
constexpr int32_t kMostPaddedWidth = 1080;

// Complaints of the layers below are about what the caller set.
Status as_invalid(const Status& status) {
  if (status.ok()) return status;
  return Status(ACL_ERROR_INVALID_PARAM, std::string(status.message()));
}

Result<const Description::Port*> input_at(const Description& description, size_t index) {
  if (index < description.inputs.size()) return &description.inputs[index];
  return invalid_aipp("index {} is out of range: model {} ({}) has {} inputs", index,
                      description.model_id, description.name, description.inputs.size());
}

AippKind kind_of(const Description::Port& port) {
  return port.aipp == nullptr ? AippKind::kNone : port.aipp->kind;
}

Status check_batch(const Description& description, const AippPort& port, int64_t batch) {
  const auto fits = [&](const AippPort::Shape& shape) { return shape.target.batch == batch; };
  if (batch == port.most_batch || std::any_of(port.shapes.begin(), port.shapes.end(), fits)) {
    return {};
  }
  return invalid_aipp(
      "the AIPP settings are for {} pictures, but the model takes {}{}; create them "
      "with that batch size",
      batch, port.most_batch,
      description.gear_kind == GearKind::kBatch ? " (its largest batch)" : "");
}

// With gears for the size of pictures the parameters are those of the largest.
Status check_image_gears(const Description& description, const AippPort& port,
                         const AippSettings& settings) {
  if (description.gear_kind != GearKind::kImage) return {};
  const aipp::BlockTarget& largest = port.shapes[description.largest_gear].target;
  for (const aipp::BlockRecord& record : settings.records) {
    if (record.crop == 0 && record.scale == 0 && record.padding == 0) continue;
    return invalid_aipp(
        "crop ({}), resizing ({}) and padding ({}) must be off for a model with several "
        "picture sizes (--dynamic_image_size)",
        record.crop, record.scale, record.padding);
  }
  if (settings.header.width == largest.width && settings.header.height == largest.height) {
    return {};
  }
  return invalid_aipp(
      "the source picture is {}x{} (width x height), but a model with several picture "
      "sizes (--dynamic_image_size) takes its largest, {}x{}",
      settings.header.width, settings.header.height, largest.width, largest.height);
}

Status check_padded_width(const AippSettings& settings) {
  for (size_t i = 0; i < settings.records.size(); ++i) {
    aipp::Picture picture;
    POACL_RETURN_IF_ERROR(
        as_invalid(aipp::read_picture(settings.header, settings.records[i], &picture)));
    if (!picture.padding || picture.out_width() <= kMostPaddedWidth) continue;
    return invalid_aipp("picture {} is {} pixels wide with its padding; at most {} are possible", i,
                        picture.out_width(), kMostPaddedWidth);
  }
  return {};
}

Status check_settings(const Description& description, const AippPort& port,
                      const AippSettings& settings) {
  if (settings.header.format == 0) {
    return invalid_aipp("the picture format is not set: call aclmdlSetAIPPInputFormat first");
  }
  if (settings.header.width == 0 || settings.header.height == 0) {
    return invalid_aipp(
        "the size of the source picture is not set ({}x{}): call "
        "aclmdlSetAIPPSrcImageSize first",
        settings.header.width, settings.header.height);
  }
  POACL_RETURN_IF_ERROR(check_batch(description, port, settings.header.batch));
  POACL_RETURN_IF_ERROR(check_image_gears(description, port, settings));
  POACL_RETURN_IF_ERROR(check_padded_width(settings));
  const size_t gear = description.gears.empty() ? 0 : description.largest_gear;
  aipp::BlockTarget target = port.shapes[gear].target;
  target.batch = settings.header.batch;
  target.source_bytes = port.max_source_bytes;
  const std::vector<std::byte> block = settings.block();
  return as_invalid(aipp::check_block(block.data(), block.size(), target));
}

Status write_block(Dataset& dataset, const Description& description, size_t index,
                   const AippSettings& settings) {
  if (dataset.entries.size() <= index) {
    return invalid_aipp("the dataset has {} buffers, but the parameters are input {} of the model",
                        dataset.entries.size(), index);
  }
  const DataBuffer& buffer = *dataset.entries[index].buffer;
  const std::string label = port_label("input", index, description.inputs[index]);
  const std::vector<std::byte> block = settings.block();
  void* data = buffer.data;
  if (!buffer.alive || data == nullptr || buffer.size < block.size()) {
    return invalid_aipp("{}: {}; give it the size that aclmdlGetInputSizeByIndex tells", label,
                        !buffer.alive ? "its data buffer was destroyed"
                        : data == nullptr
                            ? "the address of its buffer is null"
                            : fmt::format("its buffer has {} bytes, but the settings have "
                                          "{}",
                                          buffer.size.load(), block.size()));
  }
  const Status writable =
      runtime::check_memory(data, block.size(), label, ACL_ERROR_INVALID_PARAM, true);
  POACL_RETURN_IF_ERROR(writable);
  std::memcpy(data, block.data(), block.size());
  return {};
}

// `index` is the input of pictures.
Status set_parameters(const Description& description, size_t index, Dataset& dataset,
                      const aclmdlAIPP* handle) {
  POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(handle));
  const AippPort& port = *description.inputs[index].aipp;
  const Status status = check_settings(description, port, *settings);
  if (!status.ok()) {
    return status.with_context(port_label("input", index, description.inputs[index]));
  }
  return write_block(dataset, description, port.attached, *settings);
}

}  // namespace

aclError aclmdlGetAippType(uint32_t modelId, size_t index, aclmdlInputAippType* type,
                           size_t* dynamicAttachedDataIndex) {
  return entry("aclmdlGetAippType", [&]() -> Status {
    POACL_CHECK_NOT_NULL(type);
    POACL_CHECK_NOT_NULL(dynamicAttachedDataIndex);
    POACL_ASSIGN_OR_RETURN(const auto loaded, model::find_model(modelId));
    POACL_ASSIGN_OR_RETURN(const auto* port, input_at(*model::description(*loaded), index));
    const AippKind kind = kind_of(*port);
    *type = static_cast<aclmdlInputAippType>(kind);
    *dynamicAttachedDataIndex =
        kind == AippKind::kDynamic ? port->aipp->attached : kNothingAttached;
    return {};
  });
}

aclError aclmdlGetAippDataSize(uint64_t batchSize, size_t* size) {
  return entry("aclmdlGetAippDataSize", [&]() -> Status {
    POACL_CHECK_NOT_NULL(size);
    if (batchSize == 0 || batchSize > aipp::kMostBatch) {
      return invalid_aipp("batchSize is {}; values are 1 to {}", batchSize, aipp::kMostBatch);
    }
    *size = aipp::block_bytes(batchSize);
    return {};
  });
}

aclError aclmdlSetInputAIPP(uint32_t modelId, aclmdlDataset* dataset, size_t index,
                            const aclmdlAIPP* aippParmsSet) {
  return entry("aclmdlSetInputAIPP", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_dataset(dataset, "dataset"));
    POACL_ASSIGN_OR_RETURN(const auto loaded, model::find_model(modelId));
    const Description& description = *model::description(*loaded);
    POACL_ASSIGN_OR_RETURN(const auto* port, input_at(description, index));
    if (kind_of(*port) != AippKind::kParameters) {
      return invalid_aipp(
          "{} is no input for the parameters of dynamic AIPP; ask for the index of {} "
          "(aclmdlGetInputIndexByName), or use aclmdlSetAIPPByInputIndex",
          port_label("input", index, *port), ACL_DYNAMIC_AIPP_NAME);
    }
    return set_parameters(description, port->aipp->attached, *object, aippParmsSet);
  });
}

aclError aclmdlSetAIPPByInputIndex(uint32_t modelId, aclmdlDataset* dataset, size_t index,
                                   const aclmdlAIPP* aippParmsSet) {
  return entry("aclmdlSetAIPPByInputIndex", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_dataset(dataset, "dataset"));
    POACL_ASSIGN_OR_RETURN(const auto loaded, model::find_model(modelId));
    const Description& description = *model::description(*loaded);
    POACL_ASSIGN_OR_RETURN(const auto* port, input_at(description, index));
    if (kind_of(*port) != AippKind::kDynamic) {
      return Status(ACL_ERROR_FAILURE,
                    fmt::format("{} has no dynamic AIPP (aclmdlGetAippType tells {} instead of {})",
                                port_label("input", index, *port), static_cast<int>(kind_of(*port)),
                                static_cast<int>(AippKind::kDynamic)));
    }
    return set_parameters(description, index, *object, aippParmsSet);
  });
}
