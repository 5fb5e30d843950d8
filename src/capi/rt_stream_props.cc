// Settings and properties of streams.
#include <cstring>
#include <mutex>
#include <unordered_set>

#include "acl/acl_rt.h"
#include "base/fork_locks.h"
#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "runtime/context.h"
#include "runtime/runtime.h"
#include "runtime/state_callbacks.h"
#include "runtime/stream_limits.h"
#include "runtime/streams.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::answer;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

// The structure is public, so the handle is its address.
struct Configs {
  poacl::ForkSafeMutex mutex;
  std::unordered_set<const aclrtStreamConfigHandle*> alive;
};

Configs& configs() {
  static auto* const all = new Configs;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Configs& made_early = configs();

// The lock is held.
Status check_config(const aclrtStreamConfigHandle* handle) {
  if (configs().alive.contains(handle)) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("handle {} is not alive: it was destroyed, or is not from "
                            "aclrtCreateStreamConfigHandle",
                            static_cast<const void*>(handle)));
}

template <typename T>
Status take(const void* value, size_t size, T& field) {
  if (size < sizeof(T)) {
    return Status(
        ACL_ERROR_INVALID_PARAM,
        fmt::format("valueSize {} is too small: this setting has {} bytes", size, sizeof(T)));
  }
  std::memcpy(&field, value, sizeof(T));
  return {};
}

Status set_option(aclrtStreamConfigHandle& config, aclrtStreamConfigAttr attr, const void* value,
                  size_t size) {
  switch (attr) {
    case ACL_RT_STREAM_WORK_ADDR_PTR:
      return take(value, size, config.workptr);
    case ACL_RT_STREAM_WORK_SIZE:
      return take(value, size, config.workSize);
    case ACL_RT_STREAM_FLAG:
      // Programs pass the 32-bit flags of aclrtCreateStreamWithConfig here as well.
      if (size == sizeof(uint32_t)) {
        uint32_t flag = 0;
        POACL_RETURN_IF_ERROR(take(value, size, flag));
        config.flag = flag;
        return {};
      }
      return take(value, size, config.flag);
    case ACL_RT_STREAM_PRIORITY:
      return take(value, size, config.priority);
  }
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("attr {} does not exist: pass 0 (work address), 1 (work size), 2 "
                            "(flag) or 3 (priority)",
                            static_cast<int>(attr)));
}

Status set_switch(uint32_t value, const char* what, std::atomic<uint32_t>& field) {
  if (value > 1) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{} {} is not allowed: pass 0 (off) or 1 (on)", what, value));
  }
  field.store(value);
  return {};
}

Status no_attribute(aclrtStreamAttr type) {
  return Status(
      ACL_ERROR_INVALID_PARAM,
      fmt::format("stream attribute {} does not exist: pass 1 (failure mode), 2 (overflow "
                  "check), 3 (user tag), 4 (cache of operator data) or 5 (priority)",
                  static_cast<int>(type)));
}

Status set_attribute(runtime::Stream& stream, aclrtStream handle, aclrtStreamAttr type,
                     const aclrtStreamAttrValue& value) {
  switch (type) {
    case ACL_STREAM_ATTR_FAILURE_MODE:
      return runtime::set_failure_mode(handle, value.failureMode);
    case ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK:
      return set_switch(value.overflowSwitch, "overflowSwitch", stream.overflow_switch);
    case ACL_STREAM_ATTR_USER_CUSTOM_TAG:
      stream.custom_tag.store(value.userCustomTag);
      return {};
    case ACL_STREAM_ATTR_CACHE_OP_INFO:
      return set_switch(value.cacheOpInfoSwitch, "cacheOpInfoSwitch", stream.cache_op_info);
    case ACL_STREAM_ATTR_PRIORITY:
      if (value.streamPriority > runtime::Pool::kLeastPriority) {
        return Status(ACL_ERROR_RT_PARAM_INVALID,
                      fmt::format("priority {} does not exist: pass 0 (highest) to {}",
                                  value.streamPriority, runtime::Pool::kLeastPriority));
      }
      stream.priority.store(value.streamPriority);
      return {};
  }
  return no_attribute(type);
}

Status get_attribute(const runtime::Stream& stream, aclrtStreamAttr type,
                     aclrtStreamAttrValue& value) {
  value = {};
  switch (type) {
    case ACL_STREAM_ATTR_FAILURE_MODE:
      value.failureMode = stream.failure_mode.load();
      return {};
    case ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK:
      value.overflowSwitch = stream.overflow_switch.load();
      return {};
    case ACL_STREAM_ATTR_USER_CUSTOM_TAG:
      value.userCustomTag = stream.custom_tag.load();
      return {};
    case ACL_STREAM_ATTR_CACHE_OP_INFO:
      value.cacheOpInfoSwitch = stream.cache_op_info.load();
      return {};
    case ACL_STREAM_ATTR_PRIORITY:
      value.streamPriority = stream.priority.load();
      return {};
  }
  return no_attribute(type);
}

}  // namespace

aclrtStreamConfigHandle* aclrtCreateStreamConfigHandle() {
  return answer<aclrtStreamConfigHandle*>("aclrtCreateStreamConfigHandle", nullptr,
                                          []() -> Result<aclrtStreamConfigHandle*> {
                                            auto made = std::make_unique<aclrtStreamConfigHandle>();
                                            std::lock_guard lock(configs().mutex);
                                            configs().alive.insert(made.get());
                                            return made.release();
                                          });
}

aclError aclrtDestroyStreamConfigHandle(aclrtStreamConfigHandle* handle) {
  return entry("aclrtDestroyStreamConfigHandle", [&]() -> Status {
    POACL_CHECK_NOT_NULL(handle);
    std::lock_guard lock(configs().mutex);
    POACL_RETURN_IF_ERROR(check_config(handle));
    configs().alive.erase(handle);
    delete handle;
    return {};
  });
}

aclError aclrtSetStreamConfigOpt(aclrtStreamConfigHandle* handle, aclrtStreamConfigAttr attr,
                                 const void* attrValue, size_t valueSize) {
  return entry("aclrtSetStreamConfigOpt", [&]() -> Status {
    POACL_CHECK_NOT_NULL(handle);
    POACL_CHECK_NOT_NULL(attrValue);
    std::lock_guard lock(configs().mutex);
    POACL_RETURN_IF_ERROR(check_config(handle));
    return set_option(*handle, attr, attrValue, valueSize);
  });
}

aclError aclrtCreateStreamV2(aclrtStream* stream, const aclrtStreamConfigHandle* handle) {
  return entry("aclrtCreateStreamV2", [&]() -> Status {
    POACL_CHECK_NOT_NULL(stream);
    POACL_CHECK_NOT_NULL(handle);
    aclrtStreamConfigHandle config{};
    {
      std::lock_guard lock(configs().mutex);
      POACL_RETURN_IF_ERROR(check_config(handle));
      config = *handle;
    }
    POACL_ASSIGN_OR_RETURN(
        *stream, runtime::create_stream(config.priority, static_cast<uint32_t>(config.flag)));
    return {};
  });
}

aclError aclrtCtxGetCurrentDefaultStream(aclrtStream* stream) {
  return entry("aclrtCtxGetCurrentDefaultStream", [&]() -> Status {
    POACL_CHECK_NOT_NULL(stream);
    POACL_ASSIGN_OR_RETURN(const auto context, runtime::current_context());
    *stream = context->default_stream()->handle();
    return {};
  });
}

aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t* priority) {
  return entry("aclrtStreamGetPriority", [&]() -> Status {
    POACL_CHECK_NOT_NULL(priority);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_stream(stream));
    *priority = found->priority.load();
    return {};
  });
}

aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t* flags) {
  return entry("aclrtStreamGetFlags", [&]() -> Status {
    POACL_CHECK_NOT_NULL(flags);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_stream(stream));
    *flags = found->traits().flags;
    return {};
  });
}

aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode) {
  return entry("aclrtSetStreamFailureMode",
               [&] { return runtime::set_failure_mode(stream, mode); });
}

aclError aclrtSetStreamOverflowSwitch(aclrtStream stream, uint32_t flag) {
  return entry("aclrtSetStreamOverflowSwitch", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::resolve_stream(stream));
    return set_switch(flag, "flag", found->overflow_switch);
  });
}

aclError aclrtGetStreamOverflowSwitch(aclrtStream stream, uint32_t* flag) {
  return entry("aclrtGetStreamOverflowSwitch", [&]() -> Status {
    POACL_CHECK_NOT_NULL(flag);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::resolve_stream(stream));
    *flag = found->overflow_switch.load();
    return {};
  });
}

aclError aclrtStreamAbort(aclrtStream stream) {
  return entry("aclrtStreamAbort", [&]() -> Status {
    POACL_CHECK_NOT_NULL(stream);
    return runtime::abort_stream(stream);
  });
}

aclError aclrtSetStreamAttribute(aclrtStream stream, aclrtStreamAttr stmAttrType,
                                 aclrtStreamAttrValue* value) {
  return entry("aclrtSetStreamAttribute", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::resolve_stream(stream));
    return set_attribute(*found, stream, stmAttrType, *value);
  });
}

aclError aclrtGetStreamAttribute(aclrtStream stream, aclrtStreamAttr stmAttrType,
                                 aclrtStreamAttrValue* value) {
  return entry("aclrtGetStreamAttribute", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::resolve_stream(stream));
    return get_attribute(*found, stmAttrType, *value);
  });
}

aclError aclrtGetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t* value) {
  return entry("aclrtGetStreamResLimit", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(*value, runtime::stream_core_limit(stream, static_cast<int>(type)));
    return {};
  });
}

aclError aclrtSetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t value) {
  return entry("aclrtSetStreamResLimit", [&] {
    return runtime::set_stream_core_limit(stream, static_cast<int>(type), value);
  });
}

aclError aclrtResetStreamResLimit(aclrtStream stream) {
  return entry("aclrtResetStreamResLimit",
               [&] { return runtime::reset_stream_core_limits(stream); });
}

aclError aclrtUseStreamResInCurrentThread(aclrtStream stream) {
  return entry("aclrtUseStreamResInCurrentThread",
               [&] { return runtime::use_stream_limits(stream); });
}

aclError aclrtUnuseStreamResInCurrentThread(aclrtStream stream) {
  return entry("aclrtUnuseStreamResInCurrentThread",
               [&] { return runtime::unuse_stream_limits(stream); });
}

aclError aclrtRegStreamStateCallback(const char* regName, aclrtStreamStateCallback callback,
                                     void* args) {
  return entry("aclrtRegStreamStateCallback",
               [&] { return runtime::register_stream_callback(regName, callback, args); });
}
