#include "capi/mdl_dynamic_binding.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "capi/mdl_buffer_checks.h"
#include "capi/mdl_gear.h"
#include "runtime/memory.h"

namespace poacl::capi {
namespace {

using Port = model::Description::Port;

constexpr int64_t kUnknownRank = -2;

// The shape of an input of which the model leaves `open` to the execution.
Result<Dims> shape_of(size_t index, const Port& port, const Dims& open, const ApiTensorDesc* desc) {
  if (desc == nullptr || element_count(desc->dims) < 0) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{}: the model leaves its shape {} open; set a tensor description "
                              "with every dimension on the dataset (aclmdlSetDatasetTensorDesc)",
                              port_label("input", index, port), dims_to_string(open)));
  }
  bool fits = open == Dims{kUnknownRank} || open.size() == desc->dims.size();
  for (size_t i = 0; fits && i < open.size() && open[0] != kUnknownRank; ++i) {
    fits = open[i] < 0 || open[i] == desc->dims[i];
  }
  if (!fits) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{}: the shape {} set on the dataset is not one of the model's {}",
                              port_label("input", index, port), dims_to_string(desc->dims),
                              dims_to_string(open)));
  }
  for (size_t i = 0; i < port.range.size() && i < desc->dims.size(); ++i) {
    const DimRange& range = port.range[i];
    const int64_t dim = desc->dims[i];
    if (dim >= range.min && (range.max < 0 || dim <= range.max)) continue;
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{}: dimension {} of the shape {} set on the dataset is outside the "
                              "range {} to {} that the model was converted for",
                              port_label("input", index, port), i, dims_to_string(desc->dims),
                              range.min, range.max < 0 ? "any" : std::to_string(range.max)));
  }
  return desc->dims;
}

}  // namespace

DynamicBinding::DynamicBinding(std::shared_ptr<const model::Description> description,
                               std::shared_ptr<Dataset> outputs, const runtime::Context* context)
    : description_(std::move(description)), dataset_(std::move(outputs)), context_(context) {}

DynamicBinding::~DynamicBinding() {
  for (const Output& output : outputs_) {
    if (output.allocated != nullptr) (void)runtime::free_device(output.allocated);
  }
}

Result<Tensor> DynamicBinding::input(size_t index, const Dataset::Entry& entry) const {
  const Port& port = description_->inputs[index];
  Dims dims = description_->input_dims(gear_, index);
  const ApiTensorDesc* desc = entry.desc.get();
  ApiTensorDesc pictures;
  if (desc != nullptr && port.aipp != nullptr && port.aipp->kind == model::AippKind::kStatic) {
    pictures = *desc;
    pictures.dims = model::stored_shape(*port.aipp, desc->dims);
    desc = &pictures;
  }
  // Where the model's shape is fixed a description may only repeat its number of elements.
  if (element_count(dims) < 0 || (desc != nullptr && element_count(desc->dims) >= 0 &&
                                  element_count(desc->dims) != element_count(dims))) {
    POACL_ASSIGN_OR_RETURN(dims, shape_of(index, port, dims, desc));
  }
  void* data = entry.buffer->data;
  const size_t size = entry.buffer->size;
  const size_t needed = storage_bytes(TensorDesc{port.dtype, dims});
  POACL_RETURN_IF_ERROR(check_buffer("input", index, port, dims, needed, data, size));
  if (size >= needed)
    return Tensor{port.dtype, std::move(dims), ConstBuffer(nullptr, data, needed)};
  void* memory = nullptr;
  ConstBuffer padded = ConstBuffer::allocate(needed, &memory);
  std::memcpy(memory, data, size);
  return Tensor{port.dtype, std::move(dims), std::move(padded)};
}

Status DynamicBinding::bind(const Dataset& inputs) {
  POACL_RETURN_IF_ERROR(check_datasets(*description_, inputs, *dataset_));
  POACL_ASSIGN_OR_RETURN(gear_, chosen_gear(*description_, inputs));
  for (size_t i = 0; i < description_->data_inputs(); ++i) {
    POACL_ASSIGN_OR_RETURN(Tensor tensor, input(i, inputs.entries[i]));
    inputs_.push_back(std::move(tensor));
  }
  for (size_t i = 0; i < dataset_->entries.size(); ++i) {
    Output output;
    output.buffer = dataset_->entries[i].buffer;
    output.data = output.buffer->data;
    output.size = output.buffer->size;
    const Port& port = description_->outputs[i];
    if (output.data == nullptr && output.size == 0) {
      if (context_ == nullptr) {
        return Status(ACL_ERROR_GE_PARAM_INVALID,
                      fmt::format("{}: its buffer is empty, which aclmdlExecute alone fills; "
                                  "asynchronous execution needs memory of the caller",
                                  port_label("output", i, port)));
      }
    } else {
      // How much of it is needed is known later.
      POACL_RETURN_IF_ERROR(
          check_buffer("output", i, port, port.dims, output.size, output.data, output.size));
    }
    outputs_.push_back(std::move(output));
  }
  return {};
}

Result<void*> DynamicBinding::place(size_t index, DataType, const Dims& dims, size_t bytes) {
  Output& output = outputs_[index];
  output.dims = dims;
  output.bytes = bytes;
  if (output.data == nullptr && output.size == 0) {
    auto memory = runtime::allocate_device(*context_, std::max<size_t>(bytes, 1));
    if (!memory.ok()) {
      return memory.status().with_context(
          port_label("output", index, description_->outputs[index]));
    }
    output.allocated = *memory;
    return output.allocated;
  }
  POACL_RETURN_IF_ERROR(check_buffer("output", index, description_->outputs[index], dims, bytes,
                                     output.data, output.size));
  if (output.size >= bytes) return output.data;
  void* memory = nullptr;
  output.bounce = ConstBuffer::allocate(bytes, &memory);
  return memory;
}

// Only an empty result into a buffer of size 0 has no place.
void DynamicBinding::give(size_t, Tensor) {}

void DynamicBinding::finish() {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    if (output.allocated != nullptr) {
      output.buffer->data = std::exchange(output.allocated, nullptr);
      output.buffer->size = output.bytes;
    } else if (output.bounce.size() != 0) {
      std::memcpy(output.data, output.bounce.data(), std::min(output.size, output.bytes));
    }
    const Port& port = description_->outputs[i];
    ApiTensorDesc desc;
    desc.dtype = static_cast<aclDataType>(port.dtype);
    desc.format = static_cast<aclFormat>(port.format);
    desc.dims = output.dims;
    desc.name = port.name;
    dataset_->set_desc(i, &desc);
  }
}

Status DynamicBinding::run(model::LoadedModel& model, const runtime::TaskContext& task) {
  POACL_RETURN_IF_ERROR(model::run_dynamic(model, gear_, inputs_, *this, task.parallel,
                                           {task.device, task.stream, task.task}));
  finish();
  return {};
}

}  // namespace poacl::capi
