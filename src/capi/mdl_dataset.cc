// Datasets (spec: model section 4).
#include "capi/mdl_dataset.h"

#include "capi/entry.h"
#include "capi/handle_arg.h"

namespace poacl::capi {
namespace {

HandleTable<Dataset>& table() {
  static auto* const datasets = new HandleTable<Dataset>;
  return *datasets;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& table_made_early = table();

Status check_index(const Dataset& dataset, size_t index) {
  if (index < dataset.entries.size()) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("index {} is out of range: the dataset has {} buffers", index,
                            dataset.entries.size()));
}

}  // namespace

Dataset::~Dataset() {
  for (const Entry& entry : entries) {
    if (entry.desc_handle != nullptr) remove_tensor_desc(entry.desc_handle);
  }
}

void Dataset::set_desc(size_t index, const ApiTensorDesc* desc) {
  Entry& entry = entries[index];
  if (desc == nullptr) {
    if (entry.desc_handle != nullptr) remove_tensor_desc(entry.desc_handle);
    entry.desc_handle = nullptr;
    entry.desc = nullptr;
    return;
  }
  if (entry.desc.get() == desc) return;
  // An entry keeps its handle, so that a program may hold on to it over several runs.
  if (entry.desc == nullptr) {
    entry.desc = std::make_shared<ApiTensorDesc>();
    entry.desc_handle = insert_tensor_desc(entry.desc);
  }
  *entry.desc = *desc;
  entry.desc->owned_by_dataset = true;
  entry.desc->owned_by_array = false;
  entry.desc->following.clear();
}

Result<std::shared_ptr<Dataset>> find_dataset(const aclmdlDataset* handle, const char* name) {
  return find_handle(table(), handle, name, "aclmdlCreateDataset");
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

aclmdlDataset* aclmdlCreateDataset() {
  return answer<aclmdlDataset*>("aclmdlCreateDataset", nullptr, []() -> Result<aclmdlDataset*> {
    return static_cast<aclmdlDataset*>(table().insert(std::make_shared<Dataset>()));
  });
}

aclError aclmdlDestroyDataset(const aclmdlDataset* dataset) {
  return entry("aclmdlDestroyDataset", [&]() -> Status {
    if (table().remove(dataset) != nullptr) return {};
    return find_dataset(dataset, "dataset").status();
  });
}

aclError aclmdlAddDatasetBuffer(aclmdlDataset* dataset, aclDataBuffer* dataBuffer) {
  return entry("aclmdlAddDatasetBuffer", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_dataset(dataset, "dataset"));
    POACL_ASSIGN_OR_RETURN(auto buffer, find_data_buffer(dataBuffer));
    object->entries.push_back({dataBuffer, std::move(buffer), nullptr, nullptr});
    return {};
  });
}

size_t aclmdlGetDatasetNumBuffers(const aclmdlDataset* dataset) {
  return answer<size_t>("aclmdlGetDatasetNumBuffers", 0, [&]() -> Result<size_t> {
    POACL_ASSIGN_OR_RETURN(const auto object, find_dataset(dataset, "dataset"));
    return object->entries.size();
  });
}

aclDataBuffer* aclmdlGetDatasetBuffer(const aclmdlDataset* dataset, size_t index) {
  return answer<aclDataBuffer*>("aclmdlGetDatasetBuffer", nullptr, [&]() -> Result<aclDataBuffer*> {
    POACL_ASSIGN_OR_RETURN(const auto object, find_dataset(dataset, "dataset"));
    POACL_RETURN_IF_ERROR(check_index(*object, index));
    return object->entries[index].handle;
  });
}

aclError aclmdlSetDatasetTensorDesc(aclmdlDataset* dataset, aclTensorDesc* tensorDesc,
                                    size_t index) {
  return entry("aclmdlSetDatasetTensorDesc", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_dataset(dataset, "dataset"));
    POACL_RETURN_IF_ERROR(check_index(*object, index));
    if (tensorDesc == nullptr) {
      object->set_desc(index, nullptr);
      return {};
    }
    POACL_ASSIGN_OR_RETURN(const auto desc, find_tensor_desc(tensorDesc));
    object->set_desc(index, desc.get());
    return {};
  });
}

aclTensorDesc* aclmdlGetDatasetTensorDesc(const aclmdlDataset* dataset, size_t index) {
  return answer<aclTensorDesc*>(
      "aclmdlGetDatasetTensorDesc", nullptr, [&]() -> Result<aclTensorDesc*> {
        POACL_ASSIGN_OR_RETURN(const auto object, find_dataset(dataset, "dataset"));
        POACL_RETURN_IF_ERROR(check_index(*object, index));
        return object->entries[index].desc_handle;
      });
}
