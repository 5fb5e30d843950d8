#include "capi/mdl_buffer_checks.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "runtime/address_check.h"

namespace poacl::capi {
namespace {

using Port = model::Description::Port;

Status check_elements(const Dataset& dataset, const char* direction) {
  for (size_t i = 0; i < dataset.entries.size(); ++i) {
    if (dataset.entries[i].buffer->alive) continue;
    return Status(
        ACL_ERROR_INVALID_PARAM,
        fmt::format("the data buffer of {} {} was destroyed while the dataset still lists "
                    "it",
                    direction, i));
  }
  return {};
}

Status check_count(size_t found, size_t wanted, const char* direction,
                   const model::Description& description) {
  if (found == wanted) return {};
  return Status(ACL_ERROR_GE_PARAM_INVALID,
                fmt::format("the dataset has {} {} buffers but model {} ({}) has {} {}s", found,
                            direction, description.model_id, description.name, wanted, direction));
}

// What to allocate for a buffer that was too small.
std::string advice(const char* direction, const Port& port) {
  const bool input = direction[0] == 'i';
  if (port.bytes != 0 || port.fixed) {
    return fmt::format("what aclmdlGet{}SizeByIndex tells", input ? "Input" : "Output");
  }
  return input ? "that much" : "that much, or give aclmdlExecute a buffer of address 0 and size 0";
}

}  // namespace

std::string port_label(const char* direction, size_t index, const Port& port) {
  return fmt::format("{} {} ({})", direction, index, port.name.substr(0, 128));
}

Status check_datasets(const model::Description& description, const Dataset& inputs,
                      const Dataset& outputs) {
  POACL_RETURN_IF_ERROR(check_elements(inputs, "input"));
  POACL_RETURN_IF_ERROR(check_elements(outputs, "output"));
  POACL_RETURN_IF_ERROR(
      check_count(inputs.entries.size(), description.inputs.size(), "input", description));
  return check_count(outputs.entries.size(), description.outputs.size(), "output", description);
}

Status check_buffer(const char* direction, size_t index, const Port& port, const Dims& dims,
                    size_t needed, const void* data, size_t size) {
  if (size + kBufferSlack < needed && size <= needed) {
    return Status(
        ACL_ERROR_GE_PARAM_INVALID,
        fmt::format("{}: its buffer has {} bytes but the tensor {} {} needs {}; allocate {}",
                    port_label(direction, index, port), size, data_type_name(port.dtype),
                    dims_to_string(dims), needed, advice(direction, port)));
  }
  if (data == nullptr && needed != 0) {
    return Status(ACL_ERROR_INVALID_PARAM, fmt::format("{}: the address of its buffer is null",
                                                       port_label(direction, index, port)));
  }
  if (size > needed && port.fixed) {
    log(LogLevel::kWarning, "ASCENDCL", "{} {} has {} bytes, {} are used", direction, index, size,
        needed);
  }
  const Status status =
      runtime::check_memory(data, std::min(size, needed), direction, ACL_ERROR_INVALID_PARAM);
  return status.ok() ? status : status.with_context(port_label(direction, index, port));
}

}  // namespace poacl::capi
