#include "capi/mdl_binding.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "capi/mdl_buffer_checks.h"
#include "capi/mdl_gear.h"
#include "runtime/memory.h"

namespace poacl::capi {
namespace {

using Port = model::Description::Port;

// On a model of fixed shape a description may only repeat what the model has.
Status check_desc(size_t index, const Port& port, const Dims& dims, const ApiTensorDesc* desc) {
  if (desc == nullptr) return {};
  const bool pictures = port.aipp != nullptr && port.aipp->kind != model::AippKind::kParameters;
  // What dynamic AIPP gets is for its parameters to say.
  if (pictures && port.aipp->kind == model::AippKind::kDynamic) return {};
  const int64_t count =
      element_count(pictures ? model::stored_shape(*port.aipp, desc->dims) : desc->dims);
  if (count < 0 || count == element_count(dims)) return {};
  return Status(ACL_ERROR_GE_SHAPE_INVALID,
                fmt::format("{}: the description set on the dataset has dimensions {} but the "
                            "model's are {} {}",
                            port_label("input", index, port), dims_to_string(desc->dims),
                            port.fixed ? "fixed to" : "those of the gear,", dims_to_string(dims)));
}

}  // namespace

void* Binding::bounce(void* user, size_t user_bytes, size_t needed, bool output) {
  Bounce item{user, user_bytes, nullptr, {}, output};
  item.owner = ConstBuffer::allocate(needed, &item.memory);
  bounces_.push_back(item);
  return item.memory;
}

Status Binding::bind_inputs(const model::Description& description, const Dataset& dataset) {
  input_count_ = description.data_inputs();
  if (input_count_ > kInlinePorts) in_.resize(input_count_);
  for (size_t i = 0; i < input_count_; ++i) {
    const Port& port = description.inputs[i];
    const Dataset::Entry& entry = dataset.entries[i];
    void* data = entry.buffer->data;
    const size_t size = entry.buffer->size;
    const Dims& dims = description.input_dims(gear_, i);
    const size_t needed = description.input_bytes(gear_, i);
    POACL_RETURN_IF_ERROR(check_buffer("input", i, port, dims, needed, data, size));
    POACL_RETURN_IF_ERROR(check_desc(i, port, dims, entry.desc.get()));
    inputs()[i] = size >= needed ? data : bounce(data, size, needed, false);
  }
  return {};
}

Status Binding::bind_outputs(const model::Description& description, const Dataset& dataset,
                             bool allow_empty) {
  output_count_ = description.outputs.size();
  if (output_count_ > kInlinePorts) out_.resize(output_count_);
  for (size_t i = 0; i < output_count_; ++i) {
    const Port& port = description.outputs[i];
    const DataBuffer& buffer = *dataset.entries[i].buffer;
    void* data = buffer.data;
    const size_t size = buffer.size;
    if (allow_empty && data == nullptr && size == 0) {
      has_empty_outputs_ = true;
      outputs()[i] = nullptr;
      continue;
    }
    const size_t needed = description.output_bytes(gear_, i);
    POACL_RETURN_IF_ERROR(
        check_buffer("output", i, port, description.output_dims(gear_, i), needed, data, size));
    outputs()[i] = size >= needed ? data : bounce(data, size, needed, true);
  }
  return {};
}

Status Binding::bind(const model::Description& description, const Dataset& inputs, Dataset& outputs,
                     bool allow_empty_outputs) {
  POACL_RETURN_IF_ERROR(check_datasets(description, inputs, outputs));
  POACL_ASSIGN_OR_RETURN(gear_, chosen_gear(description, inputs));
  POACL_RETURN_IF_ERROR(bind_inputs(description, inputs));
  return bind_outputs(description, outputs, allow_empty_outputs);
}

Status Binding::allocate_empty_outputs(const runtime::Context& context,
                                       const model::Description& description, Dataset& dataset) {
  if (!has_empty_outputs_) return {};
  std::vector<size_t> filled;
  for (size_t i = 0; i < output_count_; ++i) {
    if (outputs()[i] != nullptr) continue;
    const size_t bytes = std::max<size_t>(description.output_bytes(gear_, i), 1);
    Result<void*> memory = runtime::allocate_device(context, bytes);
    if (!memory.ok()) {
      for (const size_t done : filled) {
        (void)runtime::free_device(outputs()[done]);
        dataset.entries[done].buffer->data = nullptr;
        dataset.entries[done].buffer->size = 0;
      }
      return memory.status().with_context(port_label("output", i, description.outputs[i]));
    }
    filled.push_back(i);
    outputs()[i] = *memory;
    dataset.entries[i].buffer->data = *memory;
    dataset.entries[i].buffer->size = description.output_bytes(gear_, i);
  }
  return {};
}

Status Binding::run(model::LoadedModel& model, const runtime::TaskContext& task) {
  for (const Bounce& item : bounces_) {
    if (!item.output) std::memcpy(item.memory, item.user, item.user_bytes);
  }
  POACL_RETURN_IF_ERROR(model::run(model, gear_, {inputs(), input_count_},
                                   {outputs(), output_count_}, task.parallel,
                                   {task.device, task.stream, task.task}));
  for (const Bounce& item : bounces_) {
    if (item.output) std::memcpy(item.user, item.memory, item.user_bytes);
  }
  return {};
}

void describe_outputs(const model::Description& description, size_t gear, const Dataset& inputs,
                      Dataset& outputs) {
  const auto has_desc = [](const Dataset::Entry& entry) { return entry.desc != nullptr; };
  if (std::none_of(inputs.entries.begin(), inputs.entries.end(), has_desc) &&
      std::none_of(outputs.entries.begin(), outputs.entries.end(), has_desc)) {
    return;
  }
  for (size_t i = 0; i < description.outputs.size(); ++i) {
    const Port& port = description.outputs[i];
    ApiTensorDesc desc;
    desc.dtype = static_cast<aclDataType>(port.dtype);
    desc.format = static_cast<aclFormat>(port.format);
    desc.dims = description.output_dims(gear, i);
    desc.name = port.name;
    outputs.set_desc(i, &desc);
  }
}

}  // namespace poacl::capi
