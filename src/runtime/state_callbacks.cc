#include "runtime/state_callbacks.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/fork_locks.h"
#include "runtime/runtime.h"

namespace poacl::runtime {
namespace {

template <typename Function>
struct Named {
  std::string name;
  Function function;
  void* args;
};

template <typename Function>
struct Typed {
  aclRegisterCallbackType type;
  Function function;
  void* user_data;
};

struct Registered {
  ForkSafeMutex mutex;
  std::vector<Named<aclrtStreamStateCallback>> streams;
  std::vector<Named<aclrtDeviceStateCallback>> devices;
  std::vector<Named<aclrtDeviceTaskAbortCallback>> aborts;
  std::vector<Typed<aclInitCallbackFunc>> inits;
  std::vector<Typed<aclFinalizeCallbackFunc>> finalizes;
  std::string config = "{}";  // of the newest acl.init
};

Registered& registered() {
  static auto* const all = new Registered;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Registered& made_early = registered();

template <typename Function>
Status enter(std::vector<Named<Function>> Registered::*list, const char* name, Function function,
             void* args) {
  if (name == nullptr) {
    return Status(ACL_ERROR_INVALID_PARAM, "regName is null: pass a name for the registration");
  }
  auto& all = registered();
  std::lock_guard lock(all.mutex);
  std::erase_if(all.*list, [&](const auto& each) { return each.name == name; });
  if (function != nullptr) (all.*list).push_back({name, function, args});
  return {};
}

// The functions are called without the lock: they may register others.
template <typename Entry>
std::vector<Entry> copy_of(std::vector<Entry> Registered::*list) {
  auto& all = registered();
  std::lock_guard lock(all.mutex);
  return all.*list;
}

Status check_type(aclRegisterCallbackType type, const void* function) {
  if (function == nullptr) {
    return Status(ACL_ERROR_INVALID_PARAM, "cbFunc is null: pass a function");
  }
  if ((type >= ACL_REG_TYPE_ACL_MODEL && type <= ACL_REG_TYPE_ACL_RETR) ||
      type == ACL_REG_TYPE_OTHER) {
    return {};
  }
  return Status(
      ACL_ERROR_INVALID_PARAM,
      fmt::format("type {} does not exist: pass 0 to 7, or 65535 (other)", static_cast<int>(type)));
}

template <typename Function>
Status leave(std::vector<Typed<Function>> Registered::*list, aclRegisterCallbackType type,
             Function function) {
  POACL_RETURN_IF_ERROR(check_type(type, reinterpret_cast<const void*>(function)));
  auto& all = registered();
  std::lock_guard lock(all.mutex);
  const auto gone = std::erase_if(
      all.*list, [&](const auto& each) { return each.type == type && each.function == function; });
  if (gone > 0) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("function {} is not registered under type {}",
                            reinterpret_cast<const void*>(function), static_cast<int>(type)));
}

Status result_of(aclError code, const char* when) {
  if (code == ACL_SUCCESS) return {};
  return Status(code, fmt::format("a function registered for {} returned {}", when, code));
}

}  // namespace

Status register_stream_callback(const char* name, aclrtStreamStateCallback callback, void* args) {
  return enter(&Registered::streams, name, callback, args);
}

Status register_device_callback(const char* name, aclrtDeviceStateCallback callback, void* args) {
  return enter(&Registered::devices, name, callback, args);
}

Status register_abort_callback(const char* name, aclrtDeviceTaskAbortCallback callback,
                               void* args) {
  return enter(&Registered::aborts, name, callback, args);
}

void tell_stream_state(void* stream, aclrtStreamState state) {
  for (const auto& each : copy_of(&Registered::streams)) each.function(stream, state, each.args);
}

void tell_device_state(int32_t device, aclrtDeviceState state) {
  for (const auto& each : copy_of(&Registered::devices)) each.function(device, state, each.args);
}

Status tell_task_abort(int32_t device, aclrtDeviceTaskAbortStage stage, uint32_t timeout) {
  Status first;
  for (const auto& each : copy_of(&Registered::aborts)) {
    const int32_t code = each.function(device, stage, timeout, each.args);
    if (code != 0 && first.ok()) {
      first = Status(ACL_ERROR_RT_INTERNAL_ERROR,
                     fmt::format("function '{}' registered for breaking off tasks returned {}",
                                 each.name, code));
    }
  }
  return first;
}

Status register_init_callback(aclRegisterCallbackType type, aclInitCallbackFunc function,
                              void* user_data) {
  POACL_RETURN_IF_ERROR(check_type(type, reinterpret_cast<const void*>(function)));
  std::string config;
  {
    auto& all = registered();
    std::lock_guard lock(all.mutex);
    all.inits.push_back({type, function, user_data});
    config = all.config;
  }
  if (!is_initialized()) return {};
  return result_of(function(config.c_str(), config.size(), user_data), "acl.init");
}

Status unregister_init_callback(aclRegisterCallbackType type, aclInitCallbackFunc function) {
  return leave(&Registered::inits, type, function);
}

Status register_finalize_callback(aclRegisterCallbackType type, aclFinalizeCallbackFunc function,
                                  void* user_data) {
  POACL_RETURN_IF_ERROR(check_type(type, reinterpret_cast<const void*>(function)));
  auto& all = registered();
  std::lock_guard lock(all.mutex);
  all.finalizes.push_back({type, function, user_data});
  return {};
}

Status unregister_finalize_callback(aclRegisterCallbackType type,
                                    aclFinalizeCallbackFunc function) {
  return leave(&Registered::finalizes, type, function);
}

Status tell_init(std::string_view config) {
  std::string text(config);
  {
    auto& all = registered();
    std::lock_guard lock(all.mutex);
    all.config = text;
  }
  Status first;
  for (const auto& each : copy_of(&Registered::inits)) {
    Status status = result_of(each.function(text.c_str(), text.size(), each.user_data), "acl.init");
    if (first.ok()) first = std::move(status);
  }
  return first;
}

Status tell_finalize() {
  Status first;
  for (const auto& each : copy_of(&Registered::finalizes)) {
    Status status = result_of(each.function(each.user_data), "acl.finalize");
    if (first.ok()) first = std::move(status);
  }
  return first;
}

}  // namespace poacl::runtime
