// The object behind aclDataBuffer: an address and a size that belong to the caller.
#pragma once

#include <atomic>
#include <memory>

#include "acl/acl_base.h"
#include "base/status.h"

namespace poacl::capi {

struct DataBuffer {
  DataBuffer(void* address, size_t bytes) : data(address), size(bytes) {}
  std::atomic<void*> data;
  std::atomic<size_t> size;
  // False once destroyed: a dataset that still lists it is then told so at execution.
  std::atomic<bool> alive{true};
};

// 100000 for null and for anything that is no live data buffer.
Result<std::shared_ptr<DataBuffer>> find_data_buffer(const aclDataBuffer* handle);

}  // namespace poacl::capi
