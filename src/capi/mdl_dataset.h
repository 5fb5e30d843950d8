// The object behind aclmdlDataset: data buffers in order, each with a tensor description or none.
#pragma once

#include <memory>
#include <vector>

#include "acl/acl_mdl.h"
#include "capi/data_buffer.h"
#include "capi/tensor_desc.h"

namespace poacl::capi {

class Dataset {
 public:
  struct Entry {
    aclDataBuffer* handle = nullptr;
    std::shared_ptr<DataBuffer> buffer;
    aclTensorDesc* desc_handle = nullptr;
    std::shared_ptr<ApiTensorDesc> desc;
  };

  Dataset() = default;
  ~Dataset();
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  std::vector<Entry> entries;
  // The gear that was set last, by its values; empty before.
  std::vector<int64_t> gear;

  // Copies `desc` into an entry; null takes the entry's away.
  void set_desc(size_t index, const ApiTensorDesc* desc);
};

// 100000 for null and for anything that is no live dataset; `name` is the argument.
Result<std::shared_ptr<Dataset>> find_dataset(const aclmdlDataset* handle, const char* name);

}  // namespace poacl::capi
