// Allocators of the caller: descriptions, and which stream uses which. Memory that a task needs
// besides its inputs and outputs is asked from the stream's allocator; work that was planned with
// memory of its own asks for none. Spec: public pages of aclrtAllocatorRegister.
#include <map>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "acl/acl_rt_allocator.h"
#include "base/fork_locks.h"
#include "base/handle_table.h"
#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "runtime/runtime.h"
#include "runtime/stream.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::answer;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

struct Allocator {
  aclrtAllocator object = nullptr;
  aclrtAllocatorAllocFunc allocate = nullptr;
  aclrtAllocatorFreeFunc free = nullptr;
  aclrtAllocatorAllocAdviseFunc allocate_at = nullptr;
  aclrtAllocatorGetAddrFromBlockFunc address_of = nullptr;
};

struct Registered {
  aclrtAllocatorDesc desc = nullptr;
  Allocator allocator;  // as it was at registration
};

struct Tables {
  poacl::HandleTable<Allocator> descs;
  poacl::ForkSafeMutex mutex;
  std::map<const void*, Registered> by_stream;
};

Tables& tables() {
  static auto* const all = new Tables;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Tables& tables_made_early = tables();

Result<std::shared_ptr<Allocator>> find(const void* desc) {
  return poacl::capi::find_handle(tables().descs, desc, "allocatorDesc",
                                  "acl.rt.allocator_create_desc");
}

template <typename T>
aclError set(const char* api, aclrtAllocatorDesc desc, const char* name, T value,
             T Allocator::*member) {
  return entry(api, [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto allocator, find(desc));
    if (value == nullptr) return poacl::capi::null_argument(name);
    (*allocator).*member = value;
    return {};
  });
}

Status incomplete(const char* what, const char* call) {
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("the allocator has no {}: set it with acl.rt.{} first", what, call));
}

}  // namespace

aclrtAllocatorDesc aclrtAllocatorCreateDesc() {
  return answer<aclrtAllocatorDesc>("aclrtAllocatorCreateDesc", nullptr, []() -> Result<void*> {
    return tables().descs.insert(std::make_shared<Allocator>());
  });
}

aclError aclrtAllocatorDestroyDesc(aclrtAllocatorDesc allocatorDesc) {
  return entry("aclrtAllocatorDestroyDesc", [&]() -> Status {
    if (tables().descs.remove(allocatorDesc)) return {};
    return find(allocatorDesc).status();
  });
}

aclError aclrtAllocatorSetObjToDesc(aclrtAllocatorDesc allocatorDesc, aclrtAllocator allocator) {
  return set("aclrtAllocatorSetObjToDesc", allocatorDesc, "allocator", allocator,
             &Allocator::object);
}

aclError aclrtAllocatorSetAllocFuncToDesc(aclrtAllocatorDesc allocatorDesc,
                                          aclrtAllocatorAllocFunc func) {
  return set("aclrtAllocatorSetAllocFuncToDesc", allocatorDesc, "func", func, &Allocator::allocate);
}

aclError aclrtAllocatorSetFreeFuncToDesc(aclrtAllocatorDesc allocatorDesc,
                                         aclrtAllocatorFreeFunc func) {
  return set("aclrtAllocatorSetFreeFuncToDesc", allocatorDesc, "func", func, &Allocator::free);
}

aclError aclrtAllocatorSetAllocAdviseFuncToDesc(aclrtAllocatorDesc allocatorDesc,
                                                aclrtAllocatorAllocAdviseFunc func) {
  return set("aclrtAllocatorSetAllocAdviseFuncToDesc", allocatorDesc, "func", func,
             &Allocator::allocate_at);
}

aclError aclrtAllocatorSetGetAddrFromBlockFuncToDesc(aclrtAllocatorDesc allocatorDesc,
                                                     aclrtAllocatorGetAddrFromBlockFunc func) {
  return set("aclrtAllocatorSetGetAddrFromBlockFuncToDesc", allocatorDesc, "func", func,
             &Allocator::address_of);
}

aclError aclrtAllocatorRegister(aclrtStream stream, aclrtAllocatorDesc allocatorDesc) {
  return entry("aclrtAllocatorRegister", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    POACL_ASSIGN_OR_RETURN(const auto allocator, find(allocatorDesc));
    // The advising function alone may be missing.
    if (allocator->object == nullptr) return incomplete("object", "allocator_set_obj_to_desc");
    if (allocator->allocate == nullptr) {
      return incomplete("function that allocates", "allocator_set_alloc_func_to_desc");
    }
    if (allocator->free == nullptr) {
      return incomplete("function that frees", "allocator_set_free_func_to_desc");
    }
    if (allocator->address_of == nullptr) {
      return incomplete("function for addresses", "allocator_set_get_addr_from_block_func_to_desc");
    }
    std::lock_guard lock(tables().mutex);
    tables().by_stream[target->handle()] = {allocatorDesc, *allocator};
    return {};
  });
}

aclError aclrtAllocatorUnregister(aclrtStream stream) {
  return entry("aclrtAllocatorUnregister", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    std::lock_guard lock(tables().mutex);
    if (tables().by_stream.erase(target->handle()) > 0) return {};
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("stream {} has no allocator: register one with "
                              "acl.rt.allocator_register first",
                              target->id()));
  });
}

aclError aclrtAllocatorGetByStream(aclrtStream stream, aclrtAllocatorDesc* allocatorDesc,
                                   aclrtAllocator* allocator, aclrtAllocatorAllocFunc* allocFunc,
                                   aclrtAllocatorFreeFunc* freeFunc,
                                   aclrtAllocatorAllocAdviseFunc* allocAdviseFunc,
                                   aclrtAllocatorGetAddrFromBlockFunc* getAddrFromBlockFunc) {
  return entry("aclrtAllocatorGetByStream", [&]() -> Status {
    POACL_CHECK_NOT_NULL(allocatorDesc);
    POACL_CHECK_NOT_NULL(allocator);
    POACL_CHECK_NOT_NULL(allocFunc);
    POACL_CHECK_NOT_NULL(freeFunc);
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    std::lock_guard lock(tables().mutex);
    const auto it = tables().by_stream.find(target->handle());
    if (it == tables().by_stream.end()) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("stream {} has no allocator", target->id()));
    }
    const Registered& found = it->second;
    *allocatorDesc = found.desc;
    *allocator = found.allocator.object;
    *allocFunc = found.allocator.allocate;
    *freeFunc = found.allocator.free;
    if (allocAdviseFunc != nullptr) *allocAdviseFunc = found.allocator.allocate_at;
    if (getAddrFromBlockFunc != nullptr) *getAddrFromBlockFunc = found.allocator.address_of;
    return {};
  });
}
