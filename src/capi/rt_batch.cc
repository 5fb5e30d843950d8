// Copies of many blocks in one call.
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"
#include "runtime/transfer.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

struct Batch {
  void** dsts;
  size_t* dest_maxs;
  void** srcs;
  size_t* sizes;
  size_t count;
  const aclrtMemcpyBatchAttr* attrs;
  const size_t* attrs_indexes;
  size_t num_attrs;
};

Status bad(std::string sentence) {
  return Status(ACL_ERROR_INVALID_PARAM, std::move(sentence));
}

Status check_shape(const Batch& batch) {
  if (batch.count == 0) return bad("numBatches is 0: name at least one copy");
  if (batch.num_attrs == 0 || batch.num_attrs > batch.count) {
    return bad(fmt::format("numAttrs {} is not allowed for {} copies: pass 1 to {}",
                           batch.num_attrs, batch.count, batch.count));
  }
  for (size_t i = 0; i < batch.num_attrs; ++i) {
    const size_t index = batch.attrs_indexes[i];
    const bool first = i == 0 && index == 0;
    const bool later = i > 0 && index > batch.attrs_indexes[i - 1] && index < batch.count;
    if (first || later) continue;
    return bad(
        fmt::format("attrsIndexes[{}] is {}: they begin with 0, ascend, and stay below the "
                    "number of copies, {}",
                    i, index, batch.count));
  }
  return {};
}

bool lies_on_device(const void* address) {
  const auto block = runtime::find_allocation(address);
  return block && block->kind == runtime::MemoryKind::kDevice;
}

// The copies of a batch that is as documented; `fail_index` is the copy that is not.
Result<std::vector<runtime::Copy>> check_copies(const Batch& batch, size_t* fail_index) {
  std::vector<runtime::Copy> copies;
  copies.reserve(batch.count);
  size_t attribute = 0;
  int direction = -1;
  for (size_t i = 0; i < batch.count; ++i) {
    if (fail_index != nullptr) *fail_index = i;
    if (attribute + 1 < batch.num_attrs && batch.attrs_indexes[attribute + 1] == i) ++attribute;
    const aclrtMemcpyBatchAttr& attr = batch.attrs[attribute];
    if (batch.dsts[i] == nullptr || batch.srcs[i] == nullptr) {
      return bad(
          fmt::format("copy {} has a null address: {} to {}", i, batch.srcs[i], batch.dsts[i]));
    }
    const bool to_device = attr.srcLoc.type == ACL_MEM_LOCATION_TYPE_HOST &&
                           attr.dstLoc.type == ACL_MEM_LOCATION_TYPE_DEVICE;
    const bool to_host = attr.srcLoc.type == ACL_MEM_LOCATION_TYPE_DEVICE &&
                         attr.dstLoc.type == ACL_MEM_LOCATION_TYPE_HOST;
    const int way = to_device ? ACL_MEMCPY_HOST_TO_DEVICE : ACL_MEMCPY_DEVICE_TO_HOST;
    if ((!to_device && !to_host) || (direction >= 0 && way != direction)) {
      return bad(
          fmt::format("copy {} goes from location type {} to {}: a batch goes from the host "
                      "(0) to the device (1) or back, all of it the same way",
                      i, static_cast<int>(attr.srcLoc.type), static_cast<int>(attr.dstLoc.type)));
    }
    direction = way;
    const bool right = to_device ? lies_on_device(batch.dsts[i]) && !lies_on_device(batch.srcs[i])
                                 : lies_on_device(batch.srcs[i]) && !lies_on_device(batch.dsts[i]);
    if (!right) {
      return bad(fmt::format("copy {} from {} to {} does not go the way its attributes say", i,
                             batch.srcs[i], batch.dsts[i]));
    }
    copies.push_back({.dst = batch.dsts[i],
                      .dst_max = batch.dest_maxs[i],
                      .src = batch.srcs[i],
                      .count = batch.sizes[i]});
  }
  if (fail_index != nullptr) *fail_index = SIZE_MAX;
  return copies;
}

Status copy_batch(const Batch& batch, size_t* fail_index, bool async, aclrtStream stream) {
  if (fail_index != nullptr) *fail_index = SIZE_MAX;
  const void* const pointers[] = {batch.dsts,  batch.dest_maxs, batch.srcs,
                                  batch.sizes, batch.attrs,     batch.attrs_indexes};
  for (const void* pointer : pointers) {
    if (pointer == nullptr) return bad("one of the arrays is null: pass all of them");
  }
  POACL_RETURN_IF_ERROR(check_shape(batch));
  POACL_ASSIGN_OR_RETURN(const std::vector<runtime::Copy> copies, check_copies(batch, fail_index));
  if (!async) {
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    for (const runtime::Copy& each : copies) POACL_RETURN_IF_ERROR(runtime::copy(each));
    return {};
  }
  POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
  const int kind = batch.attrs[0].dstLoc.type == ACL_MEM_LOCATION_TYPE_DEVICE
                       ? runtime::kHostToDevice
                       : runtime::kDeviceToHost;
  for (const runtime::Copy& each : copies) {
    POACL_RETURN_IF_ERROR(runtime::copy_async(each, kind, *target));
  }
  return {};
}

}  // namespace

aclError aclrtMemcpyBatch(void** dsts, size_t* destMaxs, void** srcs, size_t* sizes,
                          size_t numBatches, aclrtMemcpyBatchAttr* attrs, size_t* attrsIndexes,
                          size_t numAttrs, size_t* failIndex) {
  return entry("aclrtMemcpyBatch", [&]() -> Status {
    POACL_CHECK_NOT_NULL(failIndex);
    return copy_batch({dsts, destMaxs, srcs, sizes, numBatches, attrs, attrsIndexes, numAttrs},
                      failIndex, false, nullptr);
  });
}

aclError aclrtMemcpyBatchV2(void** dsts, size_t* destMaxs, void** srcs, size_t* sizes,
                            size_t numBatches, aclrtMemcpyBatchAttr* attrs, size_t* attrsIndexes,
                            size_t numAttrs) {
  return entry("aclrtMemcpyBatchV2", [&] {
    return copy_batch({dsts, destMaxs, srcs, sizes, numBatches, attrs, attrsIndexes, numAttrs},
                      nullptr, false, nullptr);
  });
}

aclError aclrtMemcpyBatchAsync(void** dsts, size_t* destMaxs, void** srcs, size_t* sizes,
                               size_t numBatches, aclrtMemcpyBatchAttr* attrs, size_t* attrsIndexes,
                               size_t numAttrs, size_t* failIndex, aclrtStream stream) {
  return entry("aclrtMemcpyBatchAsync", [&]() -> Status {
    POACL_CHECK_NOT_NULL(failIndex);
    return copy_batch({dsts, destMaxs, srcs, sizes, numBatches, attrs, attrsIndexes, numAttrs},
                      failIndex, true, stream);
  });
}

aclError aclrtMemcpyBatchAsyncV2(void** dsts, size_t* destMaxs, void** srcs, size_t* sizes,
                                 size_t numBatches, aclrtMemcpyBatchAttr* attrs,
                                 size_t* attrsIndexes, size_t numAttrs, aclrtStream stream) {
  return entry("aclrtMemcpyBatchAsyncV2", [&] {
    return copy_batch({dsts, destMaxs, srcs, sizes, numBatches, attrs, attrsIndexes, numAttrs},
                      nullptr, true, stream);
  });
}
