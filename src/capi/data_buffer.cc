// Data buffers (spec: model section 4).
#include "capi/data_buffer.h"

#include "capi/entry.h"
#include "capi/handle_arg.h"

namespace poacl::capi {
namespace {

HandleTable<DataBuffer>& table() {
  static auto* const buffers = new HandleTable<DataBuffer>;
  return *buffers;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& table_made_early = table();

Result<size_t> size_of(const aclDataBuffer* handle) {
  POACL_ASSIGN_OR_RETURN(const auto buffer, find_data_buffer(handle));
  return buffer->size.load();
}

}  // namespace

Result<std::shared_ptr<DataBuffer>> find_data_buffer(const aclDataBuffer* handle) {
  return find_handle(table(), handle, "dataBuffer", "aclCreateDataBuffer");
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

aclDataBuffer* aclCreateDataBuffer(void* data, size_t size) {
  return answer<aclDataBuffer*>("aclCreateDataBuffer", nullptr, [&]() -> Result<aclDataBuffer*> {
    return static_cast<aclDataBuffer*>(table().insert(std::make_shared<DataBuffer>(data, size)));
  });
}

aclError aclDestroyDataBuffer(const aclDataBuffer* dataBuffer) {
  return entry("aclDestroyDataBuffer", [&]() -> Status {
    const auto buffer = table().remove(dataBuffer);
    if (buffer == nullptr) return find_data_buffer(dataBuffer).status();
    buffer->alive = false;
    return {};
  });
}

aclError aclUpdateDataBuffer(aclDataBuffer* dataBuffer, void* data, size_t size) {
  return entry("aclUpdateDataBuffer", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto buffer, find_data_buffer(dataBuffer));
    buffer->data = data;
    buffer->size = size;
    return {};
  });
}

void* aclGetDataBufferAddr(const aclDataBuffer* dataBuffer) {
  return answer<void*>("aclGetDataBufferAddr", nullptr, [&]() -> Result<void*> {
    POACL_ASSIGN_OR_RETURN(const auto buffer, find_data_buffer(dataBuffer));
    return buffer->data.load();
  });
}

uint32_t aclGetDataBufferSize(const aclDataBuffer* dataBuffer) {
  return static_cast<uint32_t>(
      answer<size_t>("aclGetDataBufferSize", 0, [&] { return size_of(dataBuffer); }));
}

size_t aclGetDataBufferSizeV2(const aclDataBuffer* dataBuffer) {
  return answer<size_t>("aclGetDataBufferSizeV2", 0, [&] { return size_of(dataBuffer); });
}
