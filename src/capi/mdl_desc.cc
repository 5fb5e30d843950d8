// Model descriptions: filling them, counts, sizes, names, formats and types (spec: model section
// 3). Shapes are in mdl_desc_dims.cc.
#include "capi/mdl_desc.h"

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "runtime/address_check.h"

namespace poacl::capi {
namespace {

HandleTable<ModelDesc>& table() {
  static auto* const descs = new HandleTable<ModelDesc>;
  return *descs;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& table_made_early = table();

Status fill(aclmdlDesc* handle, Result<std::shared_ptr<const model::Description>> content) {
  POACL_ASSIGN_OR_RETURN(const auto desc, find_model_desc(handle));
  if (!content.ok()) {
    desc->content = nullptr;  // nothing old may be read as if it were the new
    return content.status();
  }
  desc->content = *std::move(content);
  return {};
}

Result<size_t> count_of(const aclmdlDesc* handle, Side side) {
  POACL_ASSIGN_OR_RETURN(const auto* desc, filled_desc(handle));
  return side == Side::kInput ? desc->inputs.size() : desc->outputs.size();
}

Result<size_t> size_at(const aclmdlDesc* handle, Side side, size_t index) {
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, side, index));
  return port->bytes;
}

Result<const char*> name_at(const aclmdlDesc* handle, Side side, size_t index) {
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, side, index));
  return port->name.c_str();
}

Result<aclFormat> format_at(const aclmdlDesc* handle, Side side, size_t index) {
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, side, index));
  return static_cast<aclFormat>(port->format);
}

Result<aclDataType> type_at(const aclmdlDesc* handle, Side side, size_t index) {
  POACL_ASSIGN_OR_RETURN(const auto* port, port_at(handle, side, index));
  return static_cast<aclDataType>(port->dtype);
}

Status index_of(const aclmdlDesc* handle, Side side, const char* name, size_t* index) {
  POACL_CHECK_NOT_NULL(name);
  POACL_CHECK_NOT_NULL(index);
  POACL_ASSIGN_OR_RETURN(const auto* desc, filled_desc(handle));
  const auto& ports = side == Side::kInput ? desc->inputs : desc->outputs;
  std::string known;
  for (size_t i = 0; i < ports.size(); ++i) {
    if (ports[i].name == name) {
      *index = i;
      return {};
    }
    if (i < 8) known += (i == 0 ? "" : ", ") + ports[i].name.substr(0, 128);
  }
  return Status(ACL_ERROR_INVALID_PARAM, fmt::format("the model has no {} named {}: it has {}",
                                                     side == Side::kInput ? "input" : "output",
                                                     std::string_view(name).substr(0, 128), known));
}

}  // namespace

Result<std::shared_ptr<ModelDesc>> find_model_desc(const aclmdlDesc* handle) {
  return find_handle(table(), handle, "modelDesc", "aclmdlCreateDesc");
}

Result<const model::Description*> filled_desc(const aclmdlDesc* handle) {
  POACL_ASSIGN_OR_RETURN(const auto desc, find_model_desc(handle));
  if (desc->content != nullptr) return desc->content.get();
  return Status(ACL_ERROR_INVALID_PARAM,
                "the description is empty: fill it with aclmdlGetDesc first");
}

Result<const model::Description::Port*> port_at(const aclmdlDesc* handle, Side side, size_t index) {
  POACL_ASSIGN_OR_RETURN(const auto* desc, filled_desc(handle));
  const auto& ports = side == Side::kInput ? desc->inputs : desc->outputs;
  if (index < ports.size()) return &ports[index];
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("index {} is out of range: the model has {} {}", index, ports.size(),
                            side == Side::kInput ? "inputs" : "outputs"));
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

aclmdlDesc* aclmdlCreateDesc() {
  return answer<aclmdlDesc*>("aclmdlCreateDesc", nullptr, []() -> Result<aclmdlDesc*> {
    return static_cast<aclmdlDesc*>(table().insert(std::make_shared<ModelDesc>()));
  });
}

aclError aclmdlDestroyDesc(aclmdlDesc* modelDesc) {
  return entry("aclmdlDestroyDesc", [&]() -> Status {
    if (table().remove(modelDesc) != nullptr) return {};
    return find_model_desc(modelDesc).status();
  });
}

aclError aclmdlGetDesc(aclmdlDesc* modelDesc, uint32_t modelId) {
  return entry("aclmdlGetDesc", [&]() -> Status {
    POACL_RETURN_IF_ERROR(find_model_desc(modelDesc).status());
    const auto loaded = model::find_model(modelId);
    if (!loaded.ok()) return fill(modelDesc, loaded.status());
    return fill(modelDesc, model::description(**loaded));
  });
}

aclError aclmdlGetDescFromFile(aclmdlDesc* modelDesc, const char* modelPath) {
  return entry("aclmdlGetDescFromFile", [&]() -> Status {
    POACL_RETURN_IF_ERROR(find_model_desc(modelDesc).status());
    POACL_CHECK_NOT_NULL(modelPath);
    return fill(modelDesc, model::describe_file(modelPath));
  });
}

aclError aclmdlGetDescFromMem(aclmdlDesc* modelDesc, const void* model, size_t modelSize) {
  return entry("aclmdlGetDescFromMem", [&]() -> Status {
    POACL_RETURN_IF_ERROR(find_model_desc(modelDesc).status());
    POACL_CHECK_NOT_NULL(model);
    if (modelSize == 0) return Status(ACL_ERROR_INVALID_PARAM, "modelSize is 0");
    POACL_RETURN_IF_ERROR(
        runtime::check_memory(model, modelSize, "model", ACL_ERROR_INVALID_PARAM));
    return fill(modelDesc, model::describe_memory(model, modelSize));
  });
}

size_t aclmdlGetNumInputs(aclmdlDesc* modelDesc) {
  return answer<size_t>("aclmdlGetNumInputs", 0, [&] { return count_of(modelDesc, Side::kInput); });
}

size_t aclmdlGetNumOutputs(aclmdlDesc* modelDesc) {
  return answer<size_t>("aclmdlGetNumOutputs", 0,
                        [&] { return count_of(modelDesc, Side::kOutput); });
}

size_t aclmdlGetInputSizeByIndex(aclmdlDesc* modelDesc, size_t index) {
  return answer<size_t>("aclmdlGetInputSizeByIndex", 0,
                        [&] { return size_at(modelDesc, Side::kInput, index); });
}

size_t aclmdlGetOutputSizeByIndex(aclmdlDesc* modelDesc, size_t index) {
  return answer<size_t>("aclmdlGetOutputSizeByIndex", 0,
                        [&] { return size_at(modelDesc, Side::kOutput, index); });
}

const char* aclmdlGetInputNameByIndex(const aclmdlDesc* modelDesc, size_t index) {
  return answer<const char*>("aclmdlGetInputNameByIndex", "",
                             [&] { return name_at(modelDesc, Side::kInput, index); });
}

const char* aclmdlGetOutputNameByIndex(const aclmdlDesc* modelDesc, size_t index) {
  return answer<const char*>("aclmdlGetOutputNameByIndex", "",
                             [&] { return name_at(modelDesc, Side::kOutput, index); });
}

aclFormat aclmdlGetInputFormat(const aclmdlDesc* modelDesc, size_t index) {
  return answer<aclFormat>("aclmdlGetInputFormat", ACL_FORMAT_UNDEFINED,
                           [&] { return format_at(modelDesc, Side::kInput, index); });
}

aclFormat aclmdlGetOutputFormat(const aclmdlDesc* modelDesc, size_t index) {
  return answer<aclFormat>("aclmdlGetOutputFormat", ACL_FORMAT_UNDEFINED,
                           [&] { return format_at(modelDesc, Side::kOutput, index); });
}

aclDataType aclmdlGetInputDataType(const aclmdlDesc* modelDesc, size_t index) {
  return answer<aclDataType>("aclmdlGetInputDataType", ACL_DT_UNDEFINED,
                             [&] { return type_at(modelDesc, Side::kInput, index); });
}

aclDataType aclmdlGetOutputDataType(const aclmdlDesc* modelDesc, size_t index) {
  return answer<aclDataType>("aclmdlGetOutputDataType", ACL_DT_UNDEFINED,
                             [&] { return type_at(modelDesc, Side::kOutput, index); });
}

aclError aclmdlGetInputIndexByName(const aclmdlDesc* modelDesc, const char* name, size_t* index) {
  return entry("aclmdlGetInputIndexByName",
               [&] { return index_of(modelDesc, Side::kInput, name, index); });
}

aclError aclmdlGetOutputIndexByName(const aclmdlDesc* modelDesc, const char* name, size_t* index) {
  return entry("aclmdlGetOutputIndexByName",
               [&] { return index_of(modelDesc, Side::kOutput, name, index); });
}
